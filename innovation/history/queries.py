"""What others ask of imported history. It is never counted among what was decided here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear

from innovation.history.models import PastAward
from workflows.organisation.models import Unit


def past_awards(workshop: Unit) -> QuerySet[PastAward]:
    """The workshop's imported awards, newest first."""
    return PastAward.objects.of(workshop).select_related("unit").order_by("-month", "number", "pk")


@dataclass(frozen=True)
class Year:
    year: int
    awards: int
    amount: Decimal
    saving: Decimal
    problems: int


def by_year(awards: QuerySet[PastAward]) -> list[Year]:
    """Figures of a year each, newest first. Two statements."""
    grouped = awards.order_by().annotate(year=ExtractYear("month")).values("year")
    sums = grouped.annotate(awards=Count("pk"), amount=Sum("amount"), saving=Sum("saving")).order_by("-year")
    solved = grouped.filter(problems__isnull=False).annotate(n=Count("problems", distinct=True))
    problems = dict(solved.values_list("year", "n"))
    zero = Decimal(0)
    return [
        Year(one["year"], one["awards"], one["amount"] or zero, one["saving"] or zero, problems.get(one["year"], 0))
        for one in sums
    ]

"""The rows behind each number that `counting` counts, over what the reader may see."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.awards.cockpit.counting import ACCEPTED, IMPLEMENTED, LABELS, NOT_BEEN
from innovation.awards.models import Candidate
from innovation.proposals.models import Proposal
from workflows.engine.models import Step
from workflows.organisation.models import Person
from workflows.reports.cockpit.panels import Cell, Listed
from workflows.site.templatetags.assay import money, page_url

REACHED = {"accepted": ACCEPTED, "implemented": IMPLEMENTED}
CHECKED = ("verified", "forecast", "saving")


def of(what: str, person: Person, path: str, first: date, end: date) -> Listed | None:
    """`end`: the day after the last. None for a name that counts nothing."""
    if what in ("awards", "award_money"):
        return Listed(str(LABELS[what]), awards(person, path, first, end), award_head(), award_cells, (first, end))
    found = proposals(what, person, path, _midnight(first), _midnight(end))
    if found is None:
        return None
    return Listed(str(LABELS[what]), found, proposal_head(), proposal_cells, (first, end))


def proposals(what: str, person: Person, path: str, since: datetime, until: datetime) -> QuerySet[Any] | None:
    found = Proposal.objects.visible_to(person).filter(case__unit__path__startswith=path, case__imported=False)
    if what == "filed":
        found = found.filter(case__filed_at__gte=since, case__filed_at__lt=until)
    elif what in REACHED:
        been = Step.objects.filter(case=OuterRef("case"), node__in=REACHED[what]).exclude(outcome__in=NOT_BEEN)
        at = been.order_by().values("case").annotate(first=Min("opened_at")).values("first")
        found = found.annotate(got_there=Subquery(at)).filter(got_there__gte=since, got_there__lt=until)
    elif what in CHECKED:
        found = found.filter(verified_at__gte=since, verified_at__lt=until)
    else:
        return None
    return found.select_related("case__unit", "case__author").order_by("-case__filed_at", "-pk")


def awards(person: Person, path: str, first: date, end: date) -> QuerySet[Any]:
    found = Candidate.objects.visible_to(person).awarded().filter(
        round__published_at__isnull=False, round__month__gte=first, round__month__lt=end,
        proposal__case__unit__path__startswith=path,
    )  # fmt: skip
    return found.select_related("round", "proposal__case__unit").order_by("-round__month", "rank", "pk")


def proposal_head() -> list[str]:
    return [_("Number"), _("Title"), _("Unit"), _("Author"), _("Filed"), _("State"), _("Forecast"), _("Verified")]


def proposal_cells(one: Any) -> list[Cell]:
    case = one.case
    return [
        Cell(case.number, None, page_url("case", case.number)), Cell(case.title), Cell(case.unit.name),
        Cell(case.author.name), Cell(f"{timezone.localtime(case.filed_at):%Y-%m-%d}", case.filed_at),
        Cell(one.get_status_display()), Cell(money(one.forecast_benefit), one.forecast_benefit),
        Cell(money(one.verified_benefit), one.verified_benefit),
    ]  # fmt: skip


def award_head() -> list[str]:
    return [_("Month"), _("Number"), _("Title"), _("Unit"), _("Grade"), _("Award money")]


def award_cells(one: Any) -> list[Cell]:
    case = one.proposal.case
    return [
        Cell(f"{one.round.month:%Y-%m}", one.round.month), Cell(case.number, None, page_url("case", case.number)),
        Cell(case.title), Cell(case.unit.name), Cell(one.grade), Cell(money(one.amount), one.amount),
    ]  # fmt: skip


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))

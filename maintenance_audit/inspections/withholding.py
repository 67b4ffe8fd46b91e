"""Bottom-up 自下而上: who checks a job anew for an upper tier sees nothing of what came up from below until their own
record is sealed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from maintenance_audit.inspections.models import Adjudication, Inspection
from maintenance_audit.lots.withholding import inspects, jobs_withheld_from
from workflows.organisation.models import Person

About = Callable[[QuerySet[Any]], Q]
_about: list[About] = []


def register(about: About) -> None:
    """`about(jobs)`: the cases about these jobs that tell what was found, as a condition on cases. Findings add
    theirs."""
    if about not in _about:
        _about.append(about)


def cases_withheld_from(person: Person) -> Q | None:
    """For the engine. Nobody but inspectors pays for it."""
    if not inspects(person):
        return None
    jobs = jobs_withheld_from(person)
    lower = Inspection.objects.filter(drawn_job__lot_job__job__in=jobs).exclude(assignment__person=person)
    ruled = Adjudication.objects.filter(drawn_job__lot_job__job__in=jobs)
    found = Q(pk__in=lower.order_by().values("case")) | Q(pk__in=ruled.order_by().values("case"))
    for about in _about:
        found |= about(jobs)
    return found

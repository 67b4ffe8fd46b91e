"""What the page of a lot may know of its inspections: which are late, and where two records that are open stand."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count
from django.urls import reverse

from maintenance_audit.inspections.models import Inspection
from workflows.engine.models import Step
from workflows.ledger.clock import now
from workflows.organisation.models import Person


def overdue(assignments: Collection[int]) -> set[int]:
    late = Step.objects.filter(closed_at=None, due_at__lt=now(), case__inspection__assignment__in=assignments)
    return set(late.values_list("case__inspection__assignment", flat=True))


def compared(person: Person, drawn_jobs: Collection[int]) -> dict[int, str]:
    """The same question as the page of the comparison asks: may both records be read?"""
    if not drawn_jobs:
        return {}
    opened = Inspection.objects.opened_to(person).filter(drawn_job__in=drawn_jobs).order_by()
    both = opened.values("drawn_job").annotate(forms=Count("pk")).filter(forms__gte=2)
    return {pk: reverse("comparison", args=[pk]) for pk in both.values_list("drawn_job", flat=True)}

"""Bottom-up 自下而上: who checks a job anew for an upper tier knows nothing of what came up from below until their own
record is sealed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from maintenance_audit.lots.models import Assignment
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import held_by


def inspects(person: Person) -> bool:
    """Nobody but inspectors pays for the question."""
    return any(held.role == Role.INSPECTOR for held in held_by(person))


def jobs_withheld_from(person: Person) -> QuerySet[Any]:
    """Jobs that this person checks for an upper tier and has not sealed yet; a subquery."""
    mine = Assignment.objects.filter(person=person, ended_at=None, sealed_at=None, drawn_job__draw__tier__gt=1)
    return mine.order_by().values("drawn_job__lot_job__job")

"""Who may read the files of a record: its inspector until both are sealed, then whoever reads its case."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from maintenance_audit.inspections.models import Inspection
from workflows.documents.holders import register_holder
from workflows.engine.chains import case_id_of
from workflows.engine.models import Case
from workflows.organisation.models import Person


def may_read(person: Person, holder: str) -> bool:
    return _readable(person).filter(case=case_id_of(holder)).exists()


def readable(person: Person) -> Any:
    name = Concat(Value("inspection:"), Cast("case_id", CharField()), output_field=CharField())
    return _readable(person).order_by().annotate(holder=name).values("holder")


def _readable(person: Person) -> Any:
    """A reserved case is visible to its inspector alone; one whom somebody follows has nothing of it any more."""
    opened = Inspection.objects.opened_to(person)
    mine = Inspection.objects.filter(Q(case__in=Case.objects.visible_to(person)) | Q(pk__in=opened.values("pk")))
    return mine.exclude(assignment__ended_at__isnull=False, opened_at=None)


def register() -> None:
    """Photos come in by the page of the record alone, which keeps apart when and where they were taken; who took them
    stands beside them in the comparison, once inspectors are named."""
    register_holder("inspection", may_read=may_read, readable=readable, unnamed=True)

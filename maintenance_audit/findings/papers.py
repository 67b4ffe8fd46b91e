"""The photos of how it was found: read by whoever reads the finding, without the name of whoever took them."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat

from workflows.documents.holders import register_holder
from workflows.engine.chains import case_id_of
from workflows.engine.models import Case
from workflows.organisation.models import Person


def may_read(person: Person, holder: str) -> bool:
    return Case.objects.visible_to(person).filter(pk=case_id_of(holder), kind="finding").exists()


def readable(person: Person) -> QuerySet[Any]:
    name = Concat(Value("found:"), Cast("pk", CharField()), output_field=CharField())
    return Case.objects.visible_to(person).filter(kind="finding").order_by().annotate(holder=name).values("holder")


def register() -> None:
    register_holder("found", may_read=may_read, readable=readable, unnamed=True)

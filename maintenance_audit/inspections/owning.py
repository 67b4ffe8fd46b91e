"""Whose inspection it is. Whoever it is not finds none."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from maintenance_audit.inspections.models import Inspection
from maintenance_audit.register.beside import Act
from maintenance_audit.register.models import Equipment, Form
from workflows.organisation.models import Person

RELATED = (
    "case__rules", "case__unit", "assignment__person", "drawn_job__draw__lot__workshop",
    "drawn_job__draw__lot__contractor", "drawn_job__lot_job__job__equipment", "drawn_job__lot_job__job__section",
    "drawn_job__lot_job__job__contractor",
)  # fmt: skip


def own(person: Person, number: str) -> Inspection:
    """The person's own, as long as it is theirs. Raises Http404."""
    found = Inspection.objects.filter(case__number=number, assignment__person=person, assignment__ended_at=None)
    row: Any = found.select_related(*RELATED).first()
    if row is None:
        raise Http404(number)
    return row


def to_do(person: Person) -> list[Inspection]:
    """The most urgent first."""
    found = Inspection.objects.to_do(person).select_related(*RELATED)
    return list(found.order_by("case__filed_at", "pk"))


def acts_at(person: Person, equipment: Equipment) -> list[Act]:
    """For the page that a tag's code opens: one's own checks of this tag on site."""
    found = Inspection.objects.to_do(person).filter(form=Form.SITE, drawn_job__lot_job__job__equipment=equipment)
    rows = found.select_related("case", "drawn_job__lot_job__job").order_by("pk")
    return [
        Act(
            label=str(_("Record the check")), icon="scan", about=str(one.drawn_job.lot_job.job),
            url=f"{reverse('inspection', args=[one.case.number])}?{urlencode({'scanned': equipment.tag})}",
        )
        for one in rows
    ]  # fmt: skip

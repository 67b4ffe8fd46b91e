"""What a phone takes along of one's own inspections, so that they can be recorded without reception. It keeps them
under its owner's key."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from maintenance_audit.inspections import typed_sheet, warning
from maintenance_audit.inspections.models import Inspection
from maintenance_audit.inspections.owning import to_do
from maintenance_audit.inspections.typed_sheet import Row
from maintenance_audit.register.models import Form
from workflows.engine.models import Step
from workflows.organisation.models import Person

MOST = 40


def of(person: Person) -> dict[str, Any]:
    mine = to_do(person)[:MOST]
    due = dict(
        Step.objects.filter(case__in=[one.case_id for one in mine], closed_at=None).values_list("case", "due_at")
    )
    return {
        "person": {"id": person.pk, "name": person.name},
        "sections": [[unit.pk, unit.name] for unit in warning.sections_for(person)],
        "inspections": [_one(inspection, due.get(inspection.case_id)) for inspection in mine],
    }


def _one(inspection: Inspection, due: Any) -> dict[str, Any]:
    shown, job = typed_sheet.of(inspection), inspection.drawn_job.lot_job.job
    return {
        "number": inspection.case.number,
        "url": reverse("inspection", args=[inspection.case.number]),
        "form": str(Form(inspection.form).label),
        "site": shown.sheet.wants_tag,
        "job": job.number,
        "title": job.title,
        "firm": job.contractor.name if job.contractor else "",
        "tag": job.equipment.tag,
        "equipment": job.equipment.name,
        "section": job.section.name,
        "due": due.isoformat() if due else "",
        "rows": [_row(row) for row in shown.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    said: dict[str, Any] = {"key": row.key, "said": dict(row.said), "photos": [str(paper.pk) for paper in row.papers]}
    if row.claim is not None:
        said |= {
            "label": row.claim.label, "claimed": row.claimed, "leeway": row.leeway, "step": row.step,
            "measure": row.claim.measure, "measured": row.measured, "value": row.value, "allowed": row.allowed,
            "tolerance": row.claim.tolerance, "severity": row.claim.severity,
        }  # fmt: skip
    return said | ({"text": row.text} if row.text else {})

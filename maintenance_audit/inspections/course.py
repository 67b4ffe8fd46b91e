"""What the flows of this app do, each under the lock of its case."""

from __future__ import annotations

from django.utils.translation import gettext as _

from maintenance_audit.inspections import comparing
from maintenance_audit.inspections.models import Adjudication, Inspection
from maintenance_audit.lots import results
from maintenance_audit.lots.models import Assignment
from workflows.engine.errors import Overtaken
from workflows.engine.models import Case


def hand_in(case: Case) -> None:
    """The lot counts the record as sealed; the second of a job brings the comparison, here and now."""
    inspection: Inspection = case.inspection  # type: ignore[attr-defined]
    assignment = Assignment.objects.select_related("drawn_job__draw__lot", "drawn_job__lot_job").get(
        pk=inspection.assignment_id
    )
    both = results.sealed(assignment)
    if not Assignment.objects.filter(pk=assignment.pk, sealed_at__isnull=False).exists():
        raise Overtaken(_("Somebody else inspects this job now. What you recorded is not used."))
    if both:
        comparing.compare(assignment.drawn_job)


def conclude(case: Case) -> None:
    adjudication: Adjudication = case.adjudication  # type: ignore[attr-defined]
    comparing.conclude(adjudication.drawn_job, disputed=True)

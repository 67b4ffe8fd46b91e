"""Bottom-up 自下而上: who checks a job anew for an upper tier sees nothing of what came up from below until their own
record is sealed."""

from __future__ import annotations

from django.db.models import Q

from maintenance_audit.inspections.models import Adjudication, Inspection
from maintenance_audit.lots.withholding import jobs_withheld_from
from workflows.engine import withholding
from workflows.organisation.models import Person, Role


def register() -> None:
    withholding.register(cases_withheld_from, kinds=("inspection", "adjudication"), roles=(Role.INSPECTOR,))


def cases_withheld_from(person: Person) -> Q:
    jobs = jobs_withheld_from(person)
    lower = Inspection.objects.filter(drawn_job__lot_job__job__in=jobs).exclude(assignment__person=person)
    ruled = Adjudication.objects.filter(drawn_job__lot_job__job__in=jobs)
    return Q(pk__in=lower.order_by().values("case")) | Q(pk__in=ruled.order_by().values("case"))

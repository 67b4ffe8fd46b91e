"""Who hears that the audit report of a month can be read."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maintenance_audit.findings.news import FINDINGS
from maintenance_audit.jobs.models import Job
from maintenance_audit.lots.models import Lot
from maintenance_audit.lots.opening import last_month
from workflows.notices.outbox import post
from workflows.notices.wording import register as say
from workflows.organisation.models import Role, RoleHolding, Unit
from workflows.reports.cockpit.counting import present_month

READY = "maintenance_audit.report.ready"
READERS = (Role.AUDIT_LEAD, Role.WORKSHOP_REVIEWER, Role.MAINTENANCE_PLANNER, Role.OBSERVER, Role.UNION_REPRESENTATIVE)


def register() -> None:
    say(READY, title=_("The audit report of %(month)s is ready: %(workshop)s"),
        body=_("%(jobs)s jobs accepted, %(lots)s lots decided so far."), topic=FINDINGS)  # fmt: skip


@transaction.atomic
def reports_are_ready() -> int:
    """By beat, from the day after the month on, once a workshop and month with any job. Safe twice.
    Returns of how many workshops."""
    month = last_month(present_month())
    workshops = Unit.objects.filter(pk__in=Job.objects.filter(
        accepted_on__gte=month, accepted_on__lt=present_month()).order_by().values("workshop"))  # fmt: skip
    for workshop in workshops:
        _tell(workshop, month)
    return len(workshops)


def _tell(workshop: Unit, month: date) -> None:
    jobs = Job.objects.filter(workshop=workshop, accepted_on__gte=month, accepted_on__lt=present_month())
    lots = Lot.objects.filter(workshop=workshop, month=month, decided_at__isnull=False)
    held = RoleHolding.objects.in_force().filter(role__in=READERS, unit=workshop)
    post(
        event=READY,
        key=f"audit-report:{workshop.pk}:{month:%Y-%m}",
        recipients=set(held.values_list("person_id", flat=True)),
        subject=f"unit:{workshop.pk}",
        context={"month": f"{month:%Y-%m}", "workshop": workshop.name, "jobs": jobs.count(), "lots": lots.count()},
        url=reverse("audit_reports"),
    )

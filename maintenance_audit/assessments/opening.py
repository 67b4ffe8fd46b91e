"""Monthly checks are planned by the calendar: for each section and each contractor at work, one a month, whoever calls
and however often."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from maintenance_audit.assessments import seats
from maintenance_audit.assessments.models import Assessment
from maintenance_audit.jobs.models import Job
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, CaseParty, RuleVersion
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, Unit, UnitKind

log = logging.getLogger(__name__)
KIND = "assessment"
OF_MONTH = gettext_noop("%(unit)s, check of %(month)s")
OPENING = 0x61737365  # "asse"


def open_due() -> list[Assessment]:
    """This month's, for each workshop that has rules for it."""
    month = timezone.localdate(now()).replace(day=1)
    opened = []
    for workshop in Unit.objects.active().filter(kind=UnitKind.WORKSHOP).order_by("path"):
        if RuleVersion.objects.in_force(KIND, workshop.ancestor_ids) is None:
            continue
        opened += [row for unit in to_assess(workshop, month) if (row := open_for(workshop, unit, month)) is not None]
    return opened


def to_assess(workshop: Unit, month: date) -> Iterator[Unit]:
    """Its sections, and the contractors that have had work here in this month or the one before."""
    yield from Unit.objects.active().filter(kind=UnitKind.SECTION, path__startswith=workshop.path).order_by("path")
    since = (month - timedelta(days=1)).replace(day=1)
    firms = Job.objects.filter(workshop=workshop, received_at__date__gte=since).order_by().values("contractor")
    yield from Unit.objects.active().filter(pk__in=firms).order_by("name")


def open_for(workshop: Unit, unit: Unit, month: date) -> Assessment | None:
    """Opened now; None if there is one, or if it cannot be. Two schedulers wait for each other here; behind that the
    constraint `one_assessment_a_unit_and_month` holds."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OPENING, unit.pk])
        if Assessment.objects.filter(workshop=workshop, unit=unit, month=month).exists():
            return None
        lead = lead_of(workshop)
        if lead is None:
            log.warning("nobody leads the audit of %s", workshop)
            return None
        try:
            with transaction.atomic():
                return _open(workshop, unit, month, lead)
        except BadMove as refused:
            log.warning("the check of %s in %s cannot be planned: %s", unit, month, refused.message)
            return None


def lead_of(workshop: Unit) -> Person | None:
    """In whose name it is planned."""
    for place in reversed(workshop.ancestor_ids):
        if held := roles.holders(Role.AUDIT_LEAD, place):
            return held[0].person
    return None


def _open(workshop: Unit, unit: Unit, month: date, lead: Person) -> Assessment:
    firm = unit.kind == UnitKind.CONTRACTOR

    def write(case: Case) -> None:
        if firm:
            case.shared_under = unit
            case.save(update_fields=["shared_under"])
        row = Assessment(case=case, workshop=workshop, unit=unit, month=month)
        row.save(force_insert=True)
        case.assessment = row  # type: ignore[attr-defined]
        CaseParty.objects.create(case=case, person=lead, relation="keeper", recused=False)
        row.record("planned", unit=unit.code, month=f"{month:%Y-%m}")

    words = sentences.written(OF_MONTH, unit=unit.name, month=f"{month:%Y-%m}")
    case = open_case(
        actor=lead,
        kind=KIND,
        token=uuid5(NAMESPACE_URL, f"assessment:{workshop.pk}:{unit.pk}:{month}"),
        title=words[:120],
        unit=workshop if firm else unit,
        parties=seats.concerned(workshop, unit),
        content_digest=hashlib.sha256(f"{unit.code}|{month}".encode()).hexdigest(),
        business=write,
    )
    row: Assessment = case.assessment  # type: ignore[attr-defined]
    return row

"""Lots are opened by the calendar, once a contractor, workshop and month, or by the audit lead for what is there."""

from __future__ import annotations

import hashlib
import logging
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.lots.freezing import RESUBMITTED, next_month
from maintenance_audit.lots.models import Lot, LotJob
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, RuleVersion
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, Unit

log = logging.getLogger(__name__)
KIND = "lot"
OF_MONTH = gettext_noop("%(contractor)s, lot of %(month)s")
RESUBMITS = gettext_noop("%(contractor)s, lot of %(month)s, resubmitted")
OPENING = 0x6C6F7473  # "lots"


def open_due() -> list[Lot]:
    """Each lot of last month that has jobs and is not there yet. Safe twice, and from two schedulers."""
    month = last_month(timezone.localdate(now()))
    opened = []
    for workshop_id, contractor_id in _with_jobs(month):
        workshop, contractor = Unit.objects.get(pk=workshop_id), Unit.objects.get(pk=contractor_id)
        lead = lead_of(workshop)
        if lead is None or not _has_rules(workshop):
            log.warning("nobody leads the audit of %s, or it has no rules for lots", workshop.code)
        elif (lot := open_lot(workshop, contractor, month, actor=lead)) is not None:
            opened.append(lot)
    return opened


def open_lot(workshop: Unit, contractor: Unit, month: date, *, actor: Person) -> Lot | None:
    """The month's lot of this contractor, opened now; None if there is one."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OPENING, workshop.pk])
        if Lot.objects.filter(workshop=workshop, contractor=contractor, month=month, resubmits=None).exists():
            return None
        token = uuid5(NAMESPACE_URL, f"lot:{workshop.pk}:{contractor.pk}:{month}")
        return _open(workshop, contractor, month, actor, token)


def resubmit(lot: Lot, *, actor: Person, every: bool) -> Lot:
    """What was not accepted comes once more as the same lot, rectified; or every job of it that was not checked.

    A sample is drawn once more only of the first lot. Raises BadMove.
    """
    with transaction.atomic():
        kept = Lot.objects.select_for_update(of=("self",)).select_related("case", "workshop", "contractor").get(
            pk=lot.pk
        )  # fmt: skip
        if kept.accepted is not False:
            raise BadMove(_("Only a lot that was not accepted is resubmitted."))
        if Lot.objects.filter(resubmits=kept).exists():
            raise BadMove(_("It has been resubmitted already; that is done once."))
        if kept.resubmits_id is not None and not every:
            raise BadMove(_("It was resubmitted before: now every job that was not checked is checked."))
        token = uuid5(NAMESPACE_URL, f"lot:{kept.pk}:resubmitted")
        return _open(kept.workshop, kept.contractor, kept.month, actor, token, resubmits=kept, every=every)


def _open(
    workshop: Unit,
    contractor: Unit,
    month: date,
    actor: Person,
    token: UUID,
    *,
    resubmits: Lot | None = None,
    every: bool = False,
) -> Lot:
    made: list[Lot] = []

    def write(case: Case) -> None:
        lot = Lot(
            case=case, workshop=workshop, contractor=contractor, month=month, resubmits=resubmits,
            check_all=RESUBMITTED if every else "",
        )  # fmt: skip
        lot.save(force_insert=True)
        case.shared_under = workshop
        case.save(update_fields=["shared_under"])
        made.append(lot)

    words = RESUBMITS if resubmits else OF_MONTH
    open_case(
        actor=actor,
        kind=KIND,
        token=token,
        title=sentences.written(words, contractor=contractor.name, month=f"{month:%Y-%m}"),
        unit=workshop,
        parties=[],
        content_digest=hashlib.sha256(f"{workshop.code}|{contractor.code}|{month:%Y-%m}".encode()).hexdigest(),
        search_text=f"{contractor.name} {month:%Y-%m}",
        business=write,
    )
    return made[0]


def lead_of(workshop: Unit) -> Person | None:
    """In whose name it is opened: the audit lead longest in office, else the person above."""
    holdings = roles.holders(Role.AUDIT_LEAD, workshop.pk)
    if not holdings:
        _unit, holdings, fallback = roles.person_above(Role.AUDIT_LEAD, workshop)
        if fallback is not None:
            return fallback
    return min(holdings, key=lambda held: (held.starts_at, held.pk)).person if holdings else None


def openable(workshops: list[int], month: date) -> list[tuple[int, int]]:
    """(workshop, contractor) with jobs for a lot of this month that has not been opened."""
    return [pair for pair in _with_jobs(month) if pair[0] in workshops]


def _with_jobs(month: date) -> list[tuple[int, int]]:
    there = Lot.objects.filter(
        workshop=OuterRef("workshop"), contractor=OuterRef("contractor"), month=month, resubmits=None
    )
    before = LotJob.objects.filter(job=OuterRef("pk"), withdrawn_at=None)
    waiting = Job.objects.filter(
        Q(accepted_on__lt=next_month(month)), ~Exists(there), ~Exists(before), state=JobState.ACCEPTED,
        settled_at=None, contractor__isnull=False,
    )  # fmt: skip
    return list(waiting.order_by("workshop", "contractor").values_list("workshop", "contractor").distinct())


def _has_rules(workshop: Unit) -> bool:
    return RuleVersion.objects.in_force(KIND, workshop.ancestor_ids) is not None


def last_month(today: date) -> date:
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)

"""Rounds are opened by the calendar: one a workshop and month, whoever calls and however often."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import date, datetime, time
from uuid import NAMESPACE_URL, uuid5

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from innovation.awards import collecting, rules
from innovation.awards.models import AwardRound
from workflows.engine.models import Case, RuleVersion
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, RoleHolding, Unit, UnitKind

log = logging.getLogger(__name__)
KIND = "award_round"
OF_MONTH = gettext_noop("%(workshop)s, award of %(month)s")
OPENING = 0x617761726473  # "awards"


def open_due() -> list[AwardRound]:
    """Open each round whose month is over and that is not there yet; after a long silence each month's, in order."""
    opened = []
    for workshop in Unit.objects.active().filter(kind=UnitKind.WORKSHOP):
        for month in _months_due(workshop):
            if (round := open_round(workshop, month)) is not None:
                opened.append(round)
    return opened


def open_round(workshop: Unit, month: date) -> AwardRound | None:
    """The month's round, opened now; None if there is one, or if nobody is there to run it.

    Two schedulers wait for each other here; behind that the constraint `one_round_a_workshop_and_month` holds.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OPENING & 0x7FFFFFFF, workshop.pk])
        if AwardRound.objects.filter(workshop=workshop, month=month).exists():
            return None
        officer = officer_of(workshop)
        if officer is None:
            _nobody_runs_it(workshop, month)
            return None
        return _open(workshop, month, officer)


def officer_of(unit: Unit) -> Person | None:
    """In whose name it is run: the officer longest in office, else the person above."""
    holdings = roles.holders(Role.INNOVATION_OFFICER, unit.pk)
    if not holdings:
        _unit, holdings, fallback = roles.person_above(Role.INNOVATION_OFFICER, unit)
        if fallback is not None:
            return fallback
    return min(holdings, key=lambda held: (held.starts_at, held.pk)).person if holdings else None


def _open(workshop: Unit, month: date, officer: Person) -> AwardRound:
    made: list[AwardRound] = []

    def write(case: Case) -> None:
        round = AwardRound(case=case, workshop=workshop, month=month, cut_off=start_of(next_month(month)))
        round.save(force_insert=True)
        assert case.rules is not None
        collecting.collect(round, rules.read(case.rules.content))
        made.append(round)

    name = f"{workshop.code}|{month:%Y-%m}"
    title = sentences.written(OF_MONTH, workshop=workshop.name, month=f"{month:%Y-%m}")
    open_case(
        actor=officer,
        kind=KIND,
        token=uuid5(NAMESPACE_URL, f"award:{workshop.pk}:{month}"),
        title=title,
        unit=workshop,
        parties=[],
        content_digest=hashlib.sha256(name.encode()).hexdigest(),
        business=write,
    )
    return made[0]


def _months_due(workshop: Unit) -> Iterator[date]:
    """From the month after the last round, or the one in which award rules came into force, up to last month."""
    last = AwardRound.objects.filter(workshop=workshop).order_by("-month").values_list("month", flat=True).first()
    month = next_month(last) if last else _first_month(workshop)
    today = timezone.localdate(now())
    while month is not None and next_month(month) <= today:
        yield month
        month = next_month(month)


def _first_month(workshop: Unit) -> date | None:
    found = RuleVersion.objects.filter(
        kind=KIND, unit_id__in=workshop.ancestor_ids, state=RuleVersion.State.PUBLISHED, effective_from__lte=now()
    ).order_by("effective_from")
    first = found.values_list("effective_from", flat=True).first()
    return timezone.localdate(first).replace(day=1) if first else None


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def start_of(day: date) -> datetime:
    """Midnight of the plant."""
    return timezone.make_aware(datetime.combine(day, time()))


def _nobody_runs_it(workshop: Unit, month: date) -> None:
    """Once a month's round: the administrators hear that somebody must be given the role."""
    log.warning("no innovation officer for the round of %s %s", workshop.code, month)
    above = RoleHolding.objects.in_force().filter(role=Role.ADMINISTRATOR, unit_id__in=workshop.ancestor_ids)
    post(
        event="award.round.nobody",
        key=f"award:{workshop.pk}:{month}:nobody",
        recipients=set(above.values_list("person_id", flat=True)),
        subject=f"unit:{workshop.pk}",
        context={"workshop": workshop.name, "month": f"{month:%Y-%m}"},
        url=reverse("home"),
    )

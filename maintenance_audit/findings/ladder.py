"""What being overdue brings about, by calendar days: the section is told, then the workshop, then settlement is held.

Driven by beat, which may have been silent for days: whatever is due by now is done, each rung once a round.
"""

from __future__ import annotations

import logging

from django.utils import timezone

from maintenance_audit.findings import course, holding, news, reasons
from maintenance_audit.findings.models import AT_WORK, Finding, Told, overdue_days
from maintenance_audit.findings.rules import Ladder, rules_of
from maintenance_audit.jobs.models import SettlementHold
from workflows.engine import failures, kinds
from workflows.ledger.clock import now
from workflows.notices import sentences

log = logging.getLogger(__name__)
RUNGS = (Told.What.SECTION, Told.What.WORKSHOP, Told.What.HOLD)


def turn() -> int:
    """Climb for each finding that is overdue. Safe to run twice and beside people; one that fails keeps no other
    waiting and is tried again."""
    began, climbed = now(), 0
    for pk, process in list(overdue().values_list("pk", "case__process")):
        try:
            climbed += climb(pk, process)
        except Exception as error:
            log.exception("the ladder of finding %s", pk)
            failures.note("findings.ladder", f"finding:{pk}", error)
    failures.settle("findings.", before=began)
    return climbed


def overdue():  # type: ignore[no-untyped-def]
    """One statement."""
    return Finding.objects.overdue().order_by("rectify_by", "pk")


def climb(finding_id: int, process_id: int) -> int:
    """The rungs that are due of one finding. Returns how many were new."""
    with kinds.get("finding").flow.lock(process_id):
        found = overdue().filter(pk=finding_id).select_related("case__unit", "case__rules", "job", "contractor").first()
        return _climb(found) if found is not None else 0


def _climb(row: Finding) -> int:
    days, rules = overdue_days(row, AT_WORK, timezone.localdate(now())), rules_of(row.case).ladder
    due, round = [what for what in RUNGS if days >= at(rules, what)], row.days_given()
    return sum(_rung(row, what, days) for what in due if course.tell_once(row, what, round=round))


def at(rules: Ladder, what: str) -> int:
    """Days overdue at which this rung is reached."""
    return int(getattr(rules, f"{what}_days"))


def _rung(row: Finding, what: str, days: int) -> int:
    row.record("overdue", days=days, rung=str(what))
    if what == Told.What.SECTION:
        news.section(row, "overdue_section", count=days)
    elif what == Told.What.WORKSHOP:
        news.workshop(row, "overdue_workshop", count=days)
    elif holding.place(row, SettlementHold.Cause.OVERDUE, sentences.written(reasons.OVERDUE, number=row.case.number)):
        news.workshop(row, "overdue_hold", count=days)
    return 1

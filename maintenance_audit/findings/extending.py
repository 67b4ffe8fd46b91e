"""More time for a rectification 延期: asked for once a round by whoever puts it right, before the day is over; granted
until a new day, or refused, by whoever ordered it. Each with a reason and on record; a day that is granted moves the
step's clock and with it the ladder of being overdue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from maintenance_audit.findings import days, news
from maintenance_audit.findings.models import AT_WORK, Extension, Finding
from maintenance_audit.findings.rules import rules_of
from workflows.engine import deadlines, kinds, reseating
from workflows.engine.errors import BadMove, NotYours
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation import roles
from workflows.organisation.models import Person, Role


def latest(row: Finding) -> date:
    """As many days as the rules give for an order, after the day that was ordered."""
    assert row.rectify_by is not None
    return row.rectify_by + timedelta(days=getattr(rules_of(row.case).rectify, row.severity))


def of_round(row: Finding) -> Extension | None:
    return row.extensions.filter(round=row.failed_rechecks).first()  # type: ignore[attr-defined, no-any-return]


def may_ask(row: Finding, person: Person, node: str) -> bool:
    """Whoever has the rectification in hand, until the day is over, once."""
    in_time = row.rectify_by is not None and timezone.localdate(now()) <= row.rectify_by
    return node == AT_WORK and in_time and _has_in_hand(row, person) and of_round(row) is None


def why_not(row: Finding) -> str:
    """In words, why it cannot be asked for any more; "" where it can."""
    if of_round(row) is not None:
        return _("More time was asked for already; it is asked for once.")
    if row.rectify_by is None or timezone.localdate(now()) > row.rectify_by:
        return _("The day is over; more time is asked for before it.")
    return ""


def may_answer(row: Finding, person: Person, node: str) -> bool:
    asked = of_round(row)
    return node == AT_WORK and asked is not None and asked.granted is None and person.pk in answerers(row)


def answerers(row: Finding) -> list[int]:
    """Whoever ordered it, as long as they lead the audit; then whoever does and is not concerned."""
    leads = [one.pk for one in news.leads_of(row.case.unit)]
    ordered = Decision.objects.filter(case=row.case, step__node="confirmation", data__has_key="rectifier")
    last = ordered.order_by("-pk").values_list("actor_id", flat=True).first()
    if last in leads:
        return [last]
    barred = set(row.case.parties.filter(recused=True).values_list("person_id", flat=True))
    return [pk for pk in leads if pk not in barred]


def ask(*, actor: Person, case: Case, reason: str, wanted: date) -> Extension:
    """The same again says what there is. Raises NotYours, BadMove."""
    with _at_work(case) as (row, _step):
        if not _has_in_hand(row, actor):
            raise NotYours
        known = of_round(row)
        if known is not None and (known.asked_by_id, known.reason, known.wanted) == (actor.pk, reason, wanted):
            return known
        if why := why_not(row):
            raise BadMove(why)
        assert row.rectify_by is not None
        _within(row, wanted, "wanted")
        made = Extension.objects.create(
            finding=row, round=row.failed_rechecks, asked_by=actor, asked_at=now(), reason=reason, wanted=wanted,
            before=row.rectify_by,
        )  # fmt: skip
        row.record("extension_asked", by=actor.employee_no, reason=reason, wanted=str(wanted), before=str(made.before))
        news.extension_asked(row, made, answerers(row))
        return made


def answer(*, actor: Person, case: Case, granted: bool, words: str, until: date | None = None) -> Extension:
    """The same again says what there is. Raises NotYours, BadMove."""
    with _at_work(case) as (row, step):
        asked = of_round(row)
        if actor.pk not in answerers(row):
            raise NotYours
        if asked is None:
            raise BadMove(_("Nobody asked for more time."))
        if asked.granted is not None:
            said = (actor.pk, granted, words, until if granted else None)
            if (asked.answered_by_id, asked.granted, asked.answer, asked.until) == said:
                return asked
            raise BadMove(_("It was answered meanwhile; nothing was changed."))
        if granted:
            _within(row, until, "until")
        asked.granted, asked.answered_by, asked.answered_at, asked.answer = granted, actor, now(), words
        asked.until = until if granted else None
        asked.save(update_fields=["granted", "answered_by", "answered_at", "answer", "until"])
        if granted and until is not None:
            row.extend(until=until, by=actor, why=words)
            step.save(update_fields=deadlines.move(step, days.end_of(until)))
            WorkItem.objects.filter(step=step, closed_at=None).update(due_at=step.due_at)
        else:
            row.record("extension_refused", by=actor.employee_no, why=words)
        news.extension_answered(row, asked)
        return asked


@contextmanager
def _at_work(case: Case) -> Iterator[tuple[Finding, Step]]:
    """Under the case's lock; nobody asks or answers once it was handed in, or while it is held."""
    with kinds.get("finding").flow.lock(case.process_id):
        open_step = Step.objects.filter(case=case, closed_at=None, node=AT_WORK).first()
        if open_step is None:
            raise BadMove(_("It stands otherwise by now; nothing was changed."))
        step = reseating.whole(open_step.pk)
        if step.case.state == Case.State.HELD:
            raise BadMove(_("The case is on hold; its clock stands still."))
        row = Finding.objects.select_related("job", "contractor", "answers").get(case=case)
        row.case = step.case
        yield row, step


def _has_in_hand(row: Finding, person: Person) -> bool:
    """Of the firm, with the task or the one whom the order names."""
    if not roles.holds(person, Role.CONTRACTOR, row.contractor.path):
        return False
    mine = WorkItem.objects.filter(case=row.case, step__node=AT_WORK, step__closed_at=None, state="open", person=person)
    return row.rectifier_id == person.pk or mine.exists()  # type: ignore[attr-defined]


def _within(row: Finding, day: date | None, field: str) -> None:
    if day is None or day <= row.rectify_by or day < timezone.localdate(now()):  # type: ignore[operator]
        raise BadMove(_("Name a day after the one that was ordered."), field=field)
    if day > latest(row):
        said = {"day": latest(row).isoformat()}
        raise BadMove(_("By the rules this is done by %(day)s at the latest.") % said, field=field)


__all__ = ["answer", "answerers", "ask", "latest", "may_answer", "may_ask", "of_round"]

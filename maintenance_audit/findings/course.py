"""What the flow of a finding asks and does, each under the lock of its case."""

from __future__ import annotations

from datetime import date, datetime

from maintenance_audit.findings import days, holding, news, parties, reasons, results
from maintenance_audit.findings.models import GRAVER, Finding, Rectification, Told
from maintenance_audit.findings.rules import rules_of
from maintenance_audit.findings.seats import row_of
from maintenance_audit.jobs.models import SettlementHold
from maintenance_audit.register.models import Severity
from workflows.engine.models import Case, Decision
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.organisation.models import Person


def reply_due(case: Case) -> datetime:
    """So many working days after it was found; asked for more, as many again from now."""
    asked_before = case.steps.filter(node="reply").exists()  # type: ignore[attr-defined]
    return days.after_working_days(now() if asked_before else row_of(case).found_at, rules_of(case).reply_days)


def rectify_due(case: Case) -> datetime | None:
    day = row_of(case).rectify_by
    return days.end_of(day) if day else None


def latest_day(case: Case) -> date:
    """By the rules it is put right by this day at the latest, ordered today."""
    return days.after_days(now(), getattr(rules_of(case).rectify, row_of(case).severity))


# Acts. ----------------------------------------------------------------------------------------------------------------


def secure(case: Case) -> None:
    """A major one reaches the section, a critical one the workshop too, and holds the settlement at once."""
    row = row_of(case)
    if row.severity == Severity.MINOR:
        return
    if tell_once(row, Told.What.MAJOR):
        news.section(row, "major")
    if row.severity == Severity.CRITICAL:
        held = hold(row)
        if tell_once(row, Told.What.CRITICAL):
            news.workshop(row, "critical" if held else "critical_paid")


def hold(row: Finding) -> bool:
    reason = sentences.written(reasons.CRITICAL, number=row.case.number)
    return holding.place(row, SettlementHold.Cause.FINDING, reason)


def tell_once(row: Finding, what: str, round: int = 0) -> bool:
    """Under the case's lock; the constraint `finding_told_once_a_round` holds it besides."""
    _row, made = Told.objects.get_or_create(finding=row, what=what, round=round, defaults={"at": now()})
    if made:
        row.record("told", what=str(what), round=round)
    return made


def withdraw(case: Case) -> None:
    """Whoever contested it is upheld; a hold it had placed goes with it, for the same reason."""
    row, decision = row_of(case), _decision(case, "confirmation")
    actor, reason = decision.actor, decision.reason or sentences.written(reasons.NOT_CONFIRMED)
    row.withdraw(by=actor, why=reason)
    row.replies.filter(accepts=False).update(upheld=True)  # type: ignore[attr-defined]
    row.replies.filter(accepts=True).update(upheld=False)  # type: ignore[attr-defined]
    why = sentences.written(reasons.WITHDRAWN, reason=reason)
    results.reconsider(row, reasons=reason, by=actor)
    released = holding.let_go(row, why=why, by=actor)
    news.parties(row, "withdrawn", reason)
    if released:
        news.released(row, why)


def order(case: Case) -> None:
    """Confirmed, and ordered to be put right, as the last of those who decided wrote it."""
    row, decision = row_of(case), _decision(case, "confirmation", data__has_key="rectifier")
    said, actor = decision.data, _who(decision)
    people = {p.employee_no: p for p in Person.objects.filter(employee_no__in=[said["rectifier"], said["answers"]])}
    row.confirm(by=actor, why=decision.reason)
    row.order(
        by=actor, rectifier=people[said["rectifier"]], answers=people[said["answers"]],
        rectify_by=date.fromisoformat(said["rectify_by"]), standard=said["standard"], measure=said["measure"],
    )  # fmt: skip
    row.replies.update(upheld=False)  # type: ignore[attr-defined]
    parties.add(case, row.answers, "answers")
    news.firm(row, "confirmed", decision.reason)


def reopen(case: Case) -> None:
    """Not put right: who checked is done with it, the firm has new days, and every so many failures it gets graver."""
    row, decision = row_of(case), _decision(case, "recheck")
    _checked(case, decision, passed=False)
    row.reopen(rectify_by=latest_day(case))
    every = rules_of(case).raise_after
    if row.failed_rechecks % every == 0 and (graver := GRAVER.get(Severity(row.severity))):
        row.become(graver, why=sentences.written(reasons.FAILED, count=row.failed_rechecks))
        news.raised(row)
        secure(case)
    news.parties(row, "reopened", decision.reason)


def accept(case: Case) -> None:
    row, decision = row_of(case), _decision(case, "recheck")
    _checked(case, decision, passed=True)
    row.close()
    news.parties(row, "closed", decision.reason)


def is_held(case: Case) -> bool:
    return bool(holding.standing(row_of(case)))


def refused_release(case: Case) -> Decision | None:
    """The last request's refusal, if it was refused."""
    answers = Decision.objects.filter(case=case, step__node="release_approval", verb__in=("reject", "return"))
    return answers.select_related("actor").order_by("-pk").first()


def release(case: Case) -> None:
    row, decision = row_of(case), _decision(case, "release_approval")
    why = decision.reason or sentences.written(reasons.APPROVED, number=case.number)
    row.record("release_approved", by=_who(decision).employee_no, why=why)
    if holding.let_go(row, why=why, by=_who(decision)):
        news.released(row, why)


# What they stand on. --------------------------------------------------------------------------------------------------


def last_submission(row: Finding) -> Rectification:
    found: Rectification = row.rectifications.order_by("-place")[0]  # type: ignore[attr-defined]
    return found


def _checked(case: Case, decision: Decision, *, passed: bool) -> None:
    row, actor = row_of(case), _who(decision)
    submission = last_submission(row)
    submission.checked_by, submission.checked_at = actor, decision.decided_at
    submission.passed = passed
    submission.check_words = decision.reason or ("" if passed else sentences.written(reasons.NOT_PASSED))
    submission.save(update_fields=["checked_by", "checked_at", "passed", "check_words"])
    row.record("rechecked", by=actor.employee_no, place=submission.place, passed=passed)
    for person in {decision.actor, decision.on_behalf_of} - {None}:
        parties.add(case, person, "checker")


def _decision(case: Case, node: str, **said: object) -> Decision:
    """The opinion that has just ended this step."""
    opinions = Decision.objects.filter(case=case, step__node=node, verb__in=("approve", "reject", "abstain"), **said)
    return opinions.select_related("actor", "on_behalf_of").order_by("-pk")[0]


def _who(decision: Decision) -> Person:
    assert decision.actor is not None
    return decision.actor

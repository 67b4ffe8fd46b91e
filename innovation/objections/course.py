"""What an objection does to the one award it is about, under the lock of its case and of the award's round."""

from __future__ import annotations

from innovation.awards import objecting
from innovation.awards.models import AwardRound, Candidate
from innovation.objections import news, standing
from innovation.objections.models import Objection
from workflows.engine.models import Case, Decision, Step


def uphold(case: Case) -> None:
    """The award is void, once: another objection that is upheld changes nothing more."""
    objection, candidate = _at_hand(case)
    objection.answer_it(upheld=True, reasons=reasons_of(case, "approve"))
    if candidate.void_at is None:
        objecting.void(candidate, objection.answer)
    news.answered(objection, candidate)


def dismiss(case: Case) -> None:
    objection, candidate = _at_hand(case)
    objection.answer_it(upheld=False, reasons=reasons_of(case, "reject"))
    let_go(candidate, but=case)
    news.answered(objection, candidate)


def withdrawn(case: Case) -> None:
    _objection, candidate = _at_hand(case)
    let_go(candidate, but=case)


def let_go(candidate: Candidate, *, but: Case | None = None) -> None:
    """Nothing else holds the award: after the list was drawn up it is paid with the next one."""
    if candidate.void_at is None and not standing.holds(candidate, but=but):
        objecting.let_go(candidate)


def candidate_under_lock(pk: int) -> Candidate:
    """The award with its round locked, so that confirming the round and deciding here do not miss each other."""
    candidate = Candidate.objects.select_related("proposal__case").get(pk=pk)
    candidate.round = (
        AwardRound.objects.select_for_update(of=("self",)).select_related("case", "workshop").get(pk=candidate.round_id)
    )
    candidate.refresh_from_db(fields=["void_at", "void_reason", "out", "grade", "waits"])
    return candidate


def reasons_of(case: Case, verb: str) -> str:
    """What those of the panel said who decided it so, in the order in which they did; taken back does not count."""
    step = case.last_step or Step.objects.filter(case=case).latest("place")
    said: dict[int | None, Decision] = {}
    for decision in Decision.objects.filter(step=step, verb__in=("approve", "reject", "abstain")).order_by("pk"):
        said.pop(decision.item_id, None)
        said[decision.item_id] = decision
    return "\n".join(dict.fromkeys(d.reason for d in said.values() if d.verb == verb and d.reason))


def _at_hand(case: Case) -> tuple[Objection, Candidate]:
    objection: Objection = case.objection  # type: ignore[attr-defined]
    objection.case = case
    return objection, candidate_under_lock(objection.candidate_id)

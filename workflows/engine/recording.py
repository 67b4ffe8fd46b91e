"""Writing a decision down: the ledger's entry and our row beside it, in the transaction of what it records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from workflows.engine.errors import Late
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person
from workflows.store.gathering import add, key_for
from workflows.store.rows import new

PAST = {
    "file": "filed",
    "approve": "approved",
    "reject": "rejected",
    "return": "returned",
    "abstain": "abstained",
    "claim": "claimed",
    "release": "released",
    "withdraw": "withdrawn",
    "pass_up": "passed_up",
    "done": "done",
    "lapse": "lapsed",
    "conclude": "concluded",
    "reseat": "reseated",
    "appeal": "appealed",
    "add_signer": "signer_added",
    "remove_signer": "signer_removed",
    "transfer": "transferred",
    "consult": "consulted",
    "advise": "advised",
    "hold": "held",
    "resume": "resumed",
    "urge": "urged",
    "copy": "copied",
    "take_back": "taken_back",
    "remind": "reminded",
    "overdue": "ran_late",
    "escalate": "escalated",
    "recount": "deadline_recounted",
    "ask_correction": "correction_requested",
    "drop_correction": "correction_dropped",
    "correct": "corrected",
    "reassign": "reassigned",
    "restart": "restarted",
}


def late(case_id: int, actor: Person) -> Late:
    """What whoever comes too late is told: the last that was done in the case, by whom and when."""
    last = Decision.objects.filter(case=case_id).select_related("actor").latest("pk")
    return Late(last.verb, last.actor, last.decided_at, by_oneself=last.actor_id == actor.pk)


def subject_of(case: Case) -> str:
    return f"case:{case.pk}"


def facts_of(made: Decision) -> dict[str, Any]:
    """What the ledger's entry of a decision says."""
    actor, absent, step = made.actor, made.on_behalf_of, made.step
    return {
        "actor": actor.employee_no if actor else None,
        "case": made.case.number,
        "content": made.content_digest,
        "data": made.data,
        "for": absent.employee_no if absent else None,
        "node": step.node if step else None,
        "place": step.place if step else None,
        "reason": made.reason,
        "role": made.role,
        "verb": made.verb,
    }


def record(
    *,
    case: Case,
    step: Step | None,
    item: WorkItem | None,
    actor: Person | None,
    verb: str,
    reason: str = "",
    role: str = "",
    data: dict[str, Any] | None = None,
    token: UUID | None = None,
    on_behalf_of: Person | None = None,
) -> Decision:
    """Append the ledger's entry and insert the decision beside it."""
    moment = now()
    made = new(
        Decision,
        case=case,
        step=step,
        item=item,
        actor=actor,
        on_behalf_of=on_behalf_of,
        verb=verb,
        reason=reason,
        role=role,
        data=data or {},
        content_digest=case.content_digest,
        decided_at=moment,
        token=token,
    )
    key_for(made)
    stamp = append(subject=subject_of(case), event=f"engine.case.{PAST[verb]}", payload=facts_of(made), at=moment)
    made.ledger_seq, made.ledger_digest = stamp
    add(made)
    return made

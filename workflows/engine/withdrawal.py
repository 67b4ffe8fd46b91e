"""Withdraw 撤回: the author takes the whole case back."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from workflows.engine import kinds, recording
from workflows.engine.concluding import reason_given, stop
from workflows.engine.errors import BadMove, NoSuchThing, NotYours
from workflows.engine.models import Case, Decision, Step
from workflows.engine.models.step import Outcome
from workflows.organisation.models import Person


def withdraw(*, actor: Person, case_id: int, reason: str, token: UUID | None = None) -> Decision:
    """Stop the case for its author. Reviewers' decisions stay on record."""
    row = Case.objects.visible_to(actor).filter(pk=case_id).values_list("kind", "process_id").first()
    if row is None:
        raise NoSuchThing
    if row[1] is None:
        raise NotYours  # imported history: nothing was decided here, nothing can be taken back
    kind = kinds.get(row[0])
    with kind.flow.lock(row[1]):
        case = Case.objects.select_related("process", "rules", "unit").get(pk=case_id)
        if case.author_id != actor.pk:
            raise NotYours
        step = Step.objects.select_related("task").filter(case=case, closed_at=None).first()
        if step is None:  # closed, or stopped by the machine: then the operator's desk sees it
            raise recording.late(case_id, actor)
        if not kind.may_withdraw(case):
            raise BadMove(_("It has been decided and can no longer be withdrawn."))
        why = reason_given(reason, _("Say why you withdraw it."))
        step.case = case
        decision = recording.record(
            case=case, step=step, item=None, actor=actor, verb="withdraw", reason=why, token=token
        )
        stop(case, step, Outcome.WITHDRAWN, "withdrawn")
        kind.withdrawn(case)
        return decision

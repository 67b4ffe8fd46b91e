"""What may be done to a job: one guarded verb a change of state, each with its entry in the job's chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from maintenance_audit.jobs import withheld
from workflows.engine.errors import BadMove
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences
from workflows.organisation.models import Person, Unit
from workflows.store.gathering import change

if TYPE_CHECKING:
    from maintenance_audit.register.models import FailureCode

EVENT = "maintenance_audit.job."
# From where a job comes to a state. A step that was taken back or returned is done anew from its own.
CAME_FROM = {
    "approved": ("requested",),
    "dispatched": ("approved", "dispatched"),
    "started": ("dispatched", "started"),
    "completed": ("started", "completed"),
    "accepted": ("completed",),
    "settled": ("accepted",),
    "closed": ("settled",),
    "cancelled": ("requested", "approved", "dispatched", "started"),
}


class Verbs(models.Model):
    """Verbs of a `Job`; `by` is None where a rule or the clock acts."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        number: str
        state: Any
        case: Any
        case_id: Any
        equipment: Any
        accepted_on: Any
        failure_code: Any
        failure_code_id: Any
        first_failure_code_id: Any
        refusals: Any
        settled_amount: Any
        holds: Any
        _move: Any

    def request(self, *, by: Person) -> None:
        self._record("requested", by, equipment=self.equipment.tag, failure=_code(self.failure_code))

    def approve(self, *, by: Person | None) -> None:
        self._to("approved")
        self._record("approved", by)

    def dispatch(
        self, *, by: Person, contractor: Unit, supervisor: Person, planned_start: date, planned_end: date
    ) -> None:
        self._to("dispatched", contractor=contractor, planned_start=planned_start, planned_end=planned_end)
        self._record(
            "dispatched", by, contractor=contractor.code, supervisor=supervisor.employee_no,
            planned=[planned_start, planned_end],
        )  # fmt: skip

    def start(self, *, by: Person, permits: str) -> None:
        self._to("started", started_at=now())
        self._record("started", by, permits=permits)

    def show_hidden_work(self, *, by: Person, documents: list[str]) -> None:
        """What will be covered was photographed before it was."""
        self._require("started")
        self._record("hidden_work_shown", by, documents=documents)

    def complete(
        self, *, by: Person, claims: Sequence[Mapping[str, Any]], hours: Decimal | None, documents: list[str]
    ) -> None:
        self._to("completed", completed_at=now(), hours=hours)
        self._record("completed", by, claims=list(claims), documents=documents)

    def accept(self, *, by: Person | None, warranty_days: int) -> None:
        """From here on the code stands by which repeats are counted."""
        day = timezone.localdate(now())
        until = day + timedelta(days=warranty_days)
        self._to("accepted", accepted_on=day, warranty_until=until, first_failure_code=self.failure_code)
        self._record("accepted", by, on=day, warranty_until=until, failure=_code(self.failure_code))

    def refuse(self, *, by: Person | None, reason: str) -> None:
        """Acceptance is refused: the work goes on, and what was claimed is claimed anew."""
        self._require("completed")
        self._move("started", completed_at=None, hours=None, refusals=self.refusals + 1)
        self._record("acceptance_refused", by, reason=reason, times=self.refusals)

    def settle(self, *, by: Person, amount: Decimal) -> None:
        """Refused while a hold stands; the caller has locked the job, so that none is placed meanwhile."""
        self._require("accepted")
        self._not_held(by)
        self._to("settled", settled_at=now(), settled_amount=amount)
        self._record("settled", by, amount=amount)

    def correct_settlement(self, *, by: Person, amount: Decimal, reason: str) -> None:
        """A settlement that was wrong is corrected on record; the month in which it was settled keeps its figures."""
        self._require("settled", "closed")
        self._not_held(by)
        before, self.settled_amount = self.settled_amount, amount
        change(self, "settled_amount")
        self._record("settlement_corrected", by, before=before, after=amount, reason=reason)

    def close(self) -> None:
        """The warranty is over."""
        self._to("closed")
        self._record("warranty_over", None)

    def cancel(self, *, by: Person, reason: str) -> None:
        self._to("cancelled", cancelled_why=reason[:200])
        self._record("cancelled", by, reason=reason)

    def reject(self, *, by: Person | None, reason: str) -> None:
        """The request is turned down: it ends as a cancelled one that says why."""
        self._require("requested")
        self._to("cancelled", cancelled_why=reason[:200])
        self._record("turned_down", by, reason=reason)

    def correct_failure_code(self, *, by: Person, code: FailureCode | None, reason: str) -> None:
        """Visible, and unlinks no repeat: those are counted by the code at acceptance, or the first that was given."""
        if self.failure_code_id == (code.pk if code else None):
            raise BadMove(_("It has this code already."), field="failure_code")
        before, self.failure_code = _code(self.failure_code), code
        fields = ["failure_code"]
        if self.first_failure_code_id is None and self.accepted_on is not None:
            self.first_failure_code = code
            fields.append("first_failure_code")
        change(self, *fields)
        self._record("failure_code_corrected", by, before=before, after=_code(code), reason=reason)

    def take_up(self, *, by: Person, case: Any) -> None:
        """An imported job is worked on here from now on, at the state at which it came."""
        if self.case_id is not None:
            raise BadMove(_("This job is worked on here already."))
        self.case = case
        change(self, "case")
        self._record("taken_up", by, case=case.number, state=self.state)

    # The guards. ----------------------------------------------------------------------------------------------------

    def _require(self, *states: str) -> None:
        if self.state not in states:
            raise BadMove(_("The job stands at “%(state)s”; that is not possible now.") % {"state": self.said_state})

    def _not_held(self, by: Person) -> None:
        if held := list(self.holds.standing()):
            if withheld.is_withheld(self, by):  # type: ignore[arg-type]
                held = [hold for hold in held if hold.cause == hold.Cause.LOT]
            said = _("; ").join(f"{hold.reference} {sentences.read(hold.reason)}" for hold in held)
            raise BadMove(_("Settlement is held: %(holds)s") % {"holds": said or "…"})

    def _to(self, state: str, **fields: Any) -> None:
        self._require(*CAME_FROM[state])
        self._move(state, **fields)

    def _record(self, event: str, by: Person | None, **payload: Any) -> None:
        said = {name: _plain(value) for name, value in payload.items()}
        payload = {"job": self.number, "actor": by.employee_no if by else None, **said}
        append(subject=f"job:{self.pk}", event=f"{EVENT}{event}", payload=payload)

    @property
    def said_state(self) -> str:
        return str(self.get_state_display())  # type: ignore[attr-defined]


def _code(code: FailureCode | None) -> str | None:
    return code.code if code is not None else None


def _plain(value: Any) -> Any:
    """As the ledger keeps it: days and sums as text, whole numbers and lists as they are."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return str(value) if isinstance(value, date | Decimal) else value

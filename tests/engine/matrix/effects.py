"""What a verb brought about: the state, the decision, its ledger entry, the notices, and whose name stands for what."""

from __future__ import annotations

from tests.engine.matrix.rows import Cell, Mark
from tests.engine.matrix.rules import Works
from tests.engine.matrix.scenes import authors_step
from workflows.engine.models import Case, CaseCopy, Decision, Step, WorkItem
from workflows.ledger.models import Entry
from workflows.notices.models import Outbox
from workflows.organisation.models import Person, RoleHolding

# The ledger's word for each recorded verb, as the format page names them.
EVENTS = {
    "claim": "claimed", "release": "released", "approve": "approved", "return": "returned", "reject": "rejected",
    "abstain": "abstained", "add_signer": "signer_added", "remove_signer": "signer_removed",
    "transfer": "transferred", "consult": "consulted", "advise": "advised", "hold": "held", "resume": "resumed",
    "done": "done", "appeal": "appealed", "take_back": "taken_back", "withdraw": "withdrawn", "urge": "urged",
    "copy": "copied", "pass_up": "passed_up", "conclude": "concluded",
}  # fmt: skip
MACHINE = {"pass_up"}
# Acts that are their author's own, whoever has the task in hand.
OWN = {"withdraw", "urge"}


def nothing_happened(mark: Mark) -> None:
    assert Mark.now() == mark, "a refused act has written something"


def check(c: Cell, expected: Works, mark: Mark) -> None:
    decisions = list(Decision.objects.filter(pk__gt=mark.decisions).order_by("pk"))
    _on_record(c, expected, decisions, mark)
    _told(c, expected, decisions, mark)
    CHECKS[expected.effect](c)
    sound(c.scene.case)


def _on_record(c: Cell, expected: Works, decisions: list[Decision], mark: Mark) -> None:
    by_people = [d for d in decisions if d.verb not in MACHINE]
    assert [d.verb for d in by_people] == ([expected.verb] if expected.verb else [])
    chain = Entry.objects.filter(pk__gt=mark.entries, chain__subject=f"case:{c.scene.case_id}")
    entries = list(chain.filter(event__startswith="engine.").order_by("pk"))  # the business may add words of its own
    assert [(e.seq, e.digest) for e in entries] == [(d.ledger_seq, d.ledger_digest) for d in decisions]
    assert [e.event for e in entries] == [f"engine.case.{EVENTS[d.verb]}" for d in decisions]
    for decision in by_people:
        actor, principal = who(c, decision.verb)
        assert decision.actor == actor, f"recorded under {decision.actor}, not {actor}"
        assert decision.on_behalf_of == principal, f"on behalf of {decision.on_behalf_of}, not {principal}"


def who(c: Cell, verb: str) -> tuple[Person, Person | None]:
    """Whose name the record bears, and for whom."""
    if verb == "advise":
        return c.helper, None
    if verb in OWN or (verb == "copy" and c.row == "copy by the author"):
        return c.author, None
    return c.actor, c.principal


def _told(c: Cell, expected: Works, decisions: list[Decision], mark: Mark) -> None:
    """Each is told once in the product, and nobody else is; by the engine, the business has news of its own."""
    rows = Outbox.objects.filter(pk__gt=mark.told, channel="in_product").values_list("event", "recipient_id")
    rows = rows.filter(event__startswith="engine.")
    told: dict[str, list[int]] = {}
    for event, person in rows:
        told.setdefault(event, []).append(person)
    assert {event: sorted(people) for event, people in told.items()} == _to_be_told(c, expected, decisions)


def _to_be_told(c: Cell, expected: Works, decisions: list[Decision]) -> dict[str, list[int]]:
    due: dict[str, set[int]] = {}
    actor = decisions[0].actor_id if decisions else None
    if expected.effect.startswith("ends") or expected.effect in ("is_with_the_author", "is_at_the_earlier_step"):
        concerned = _hearing(c)
        due[f"engine.case.{expected.verb}"] = concerned - {actor}
        due["engine.task.waiting"] = _waited_for(c.scene.step)
    elif expected.effect == "is_undecided_again" and c.scene.step is not None and c.scene.step.pk != c.step_id:
        due["engine.task.waiting"] = {c.hand.pk} if c.facts.shared or c.mode == "one" else _waited_for(c.scene.step)
    elif expected.effect in ("is_the_helpers", "waits_for_the_opinion", "waits_for_the_added", "added_decides_too"):
        due["engine.task.waiting"] = {c.helper.pk}
    elif expected.effect == "comes_back":
        due["engine.task.waiting"] = {c.hand.pk}
    elif expected.verb == "urge":
        due["engine.case.urge"] = _waited_for(c.scene.step)
    elif expected.verb == "copy":
        due["engine.case.copy"] = {c.helper.pk}
    return {event: sorted(people) for event, people in due.items() if people}


def _hearing(c: Cell) -> set[int]:
    """The parties; where the kind says so, those of some relations only."""
    parties, hears = c.scene.case.parties.all(), c.scene.kind.hears  # type: ignore[attr-defined]
    return set((parties if hears is None else parties.filter(relation__in=hears)).values_list("person_id", flat=True))


def _waited_for(step: Step | None) -> set[int]:
    """Whose turn it is: who holds an open part, or the pool without whom the case concerns or who decided before."""
    people: set[int] = set()
    out = _may_not(step) if step else set()
    for item in WorkItem.objects.filter(step=step, state="open") if step else []:
        pool = RoleHolding.objects.in_force().filter(role=item.role, unit=item.unit).values_list("person_id", flat=True)
        people |= {item.person_id} if item.person_id else set(pool) - out
    return people


def _may_not(step: Step) -> set[int]:
    """Whom the case concerns; and in an appeal whoever decided before it."""
    out = set(step.case.parties.filter(recused=True).values_list("person_id", flat=True))  # type: ignore[attr-defined]
    appeal = Decision.objects.filter(case=step.case_id, verb="appeal").order_by("-pk").first()
    if appeal is not None and step.task.flow_task.is_fresh(step.case):
        before = Decision.objects.filter(case=step.case_id, pk__lt=appeal.pk, verb__in=("approve", "reject", "abstain"))
        out |= set(before.values_list("actor_id", flat=True))
    return out


def sound(case: Case) -> None:
    """What holds of every case at any time."""
    open_steps = list(Step.objects.filter(case=case, closed_at=None))
    assert len(open_steps) == (0 if case.state == "closed" else 1)
    assert not WorkItem.objects.filter(case=case, closed_at=None).exclude(step__in=open_steps).exists()
    assert case.process is not None
    running = set(case.process.task_set.filter(finished=None).values_list("pk", flat=True))
    assert running == {step.task_id for step in open_steps}
    assert case.process.status == ("NEW" if open_steps else case.process.status)


# What the act left behind. ------------------------------------------------------------------------------------------


def _item(c: Cell) -> WorkItem:
    return WorkItem.objects.get(pk=c.item.pk)


def _step(c: Cell) -> Step:
    return Step.objects.get(pk=c.step_id)


def stays(c: Cell) -> None:
    assert _step(c).is_open and _item(c).state == "open"


def is_in_hand(c: Cell) -> None:
    item = _item(c)
    assert (item.state, item.person) == ("open", c.hand)
    assert _step(c).task.owner_id == c.hand.pk  # Viewflow's own lists name the holder


def is_free(c: Cell) -> None:
    item = _item(c)
    assert (item.state, item.person) == ("open", None)
    assert _step(c).task.owner is None


def counts(c: Cell) -> None:
    item = _item(c)
    assert (item.state, item.person) == ("done", c.hand)
    assert _step(c).is_open


def _ends(c: Cell, outcome: str) -> None:
    step, item = _step(c), _item(c)
    assert step.outcome == outcome and step.closed_at is not None
    assert (item.state, item.person) == ("done", c.hand)


def ends_approved(c: Cell) -> None:
    _ends(c, "approved")


def ends_rejected(c: Cell) -> None:
    _ends(c, "rejected")


def ends_done(c: Cell) -> None:
    _ends(c, "done")


def _is_returned(c: Cell, node: str) -> None:
    _ends(c, "returned")
    there = c.scene.step
    assert there is not None and there.node == node
    assert there.returned_by_id == c.step_id
    assert there.resume_at == ("" if "walk" in c.row else c.facts.node)


def is_with_the_author(c: Cell) -> None:
    _is_returned(c, authors_step(c.scene.kind))
    assert [i.person for i in c.scene.items()] == [c.author]


def is_at_the_earlier_step(c: Cell) -> None:
    _is_returned(c, c.earlier())


def _added(c: Cell) -> WorkItem:
    added = c.helper_item()
    assert added.origin == "added"
    return added


def waits_for_the_added(c: Cell) -> None:
    assert (_added(c).state, _item(c).state) == ("open", "parked")


def added_decides_too(c: Cell) -> None:
    assert (_added(c).state, _item(c).state) == ("open", "open")


def added_comes_after(c: Cell) -> None:
    assert (_added(c).state, _item(c).state) == ("parked", "open")


def added_is_out(c: Cell) -> None:
    assert not WorkItem.objects.filter(step=c.step_id, person=c.helper, closed_at=None).exists()
    assert _item(c).state == "open"


def is_the_helpers(c: Cell) -> None:
    item = _item(c)
    assert (item.state, item.person) == ("open", c.helper)
    assert _step(c).task.owner_id == c.helper.pk


def waits_for_the_opinion(c: Cell) -> None:
    assert (_item(c).state, _item(c).person) == ("parked", c.hand)
    assert (c.helper_item().state, c.helper_item().origin) == ("open", "consulted")


def comes_back(c: Cell) -> None:
    assert (_item(c).state, _item(c).person) == ("open", c.hand)
    assert c.helper_item().state == "done"


def is_held(c: Cell) -> None:
    case = c.scene.case
    assert (case.state, case.held_reason) == ("held", "等图纸") and case.held_at is not None
    assert _step(c).is_open


def goes_on(c: Cell) -> None:
    assert (c.scene.case.state, c.scene.case.held_at) == ("open", None)
    stays(c)


def is_undecided_again(c: Cell) -> None:
    """Back at the step, in the same hands, and it can be decided again."""
    there = c.scene.step
    assert there is not None and there.node == c.facts.node
    mine = WorkItem.objects.get(step=there, person=c.hand, state="open")
    c.item = mine
    c.its_end()


def is_withdrawn(c: Cell) -> None:
    case = c.scene.case
    assert (case.state, case.standing) == ("closed", "withdrawn")
    assert _step(c).outcome == "withdrawn"
    assert case.process is not None and case.process.status == "CANCELED"


def is_copied(c: Cell) -> None:
    assert CaseCopy.objects.filter(case=c.scene.case_id, person=c.helper).count() == 1
    assert _step(c).is_open


CHECKS = {
    check.__name__: check
    for check in (
        stays, is_in_hand, is_free, counts, ends_approved, ends_rejected, ends_done, is_with_the_author,
        is_at_the_earlier_step, waits_for_the_added, added_decides_too, added_comes_after, added_is_out,
        is_the_helpers, waits_for_the_opinion, comes_back, is_held, goes_on, is_undecided_again, is_withdrawn,
        is_copied,
    )
}  # fmt: skip

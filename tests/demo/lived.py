"""A seeded case lived once more: the same people do the same things at the same moments, through the engine."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from innovation.proposals import steps
from innovation.proposals.models import Authorship, ForecastLine, Proposal
from workflows.engine import clocks
from workflows.engine.models import Case, Decision, Step, WorkItem
from workflows.engine.opening import open_case
from workflows.engine.turn import Turn, turn
from workflows.ledger.clock import injected
from workflows.ledger.models import Entry

AS_FILED = ("category", "problem", "present_state", "method", "equipment", "cost", "forecast_benefit")


def live_again(seeded: Case) -> Case:
    """File the same idea and repeat each of its decisions; where the seeded one stands, this one does."""
    lived = _file(seeded)
    for decision in seeded.decisions.exclude(verb="file").order_by("decided_at", "ledger_seq"):
        with injected(decision.decided_at):
            _act(lived, decision, seeded.proposal)  # type: ignore[attr-defined]
    lived.refresh_from_db()
    return lived


def _file(seeded: Case) -> Case:
    original: Proposal = seeded.proposal  # type: ignore[attr-defined]
    authors = list(original.authorships.select_related("person").order_by("place"))

    def business(case: Case) -> None:
        proposal = Proposal.objects.create(case=case, **{name: getattr(original, name) for name in AS_FILED})
        for a in authors:
            Authorship.objects.create(proposal=proposal, person=a.person, place=a.place, share=a.share)
        for line in original.lines.all():
            line.pk, line.proposal = None, proposal
            ForecastLine.objects.bulk_create([line])

    with injected(seeded.filed_at):
        return open_case(
            actor=seeded.author,
            kind="proposal",
            token=uuid4(),
            title=seeded.title,
            unit=seeded.author.unit,
            parties=[(a.person_id, "author" if a.place == 1 else "co_author") for a in authors],
            content_digest=seeded.content_digest,
            business=business,
        )


def _act(lived: Case, told: Decision, proposal: Proposal) -> None:
    step = Step.objects.get(case=lived, closed_at=None)
    assert told.step is not None and step.node == told.step.node
    if told.verb == "lapse":
        assert clocks.fall_due(step.pk) == 1
        return
    assert told.actor is not None
    items = WorkItem.objects.filter(step=step, state="open")
    item = items.filter(person=told.actor).first() or items.get(person=None)
    with turn(actor=told.actor, case_id=lived.pk, item_id=item.pk, token=uuid4()) as t:
        _say(t, told, proposal)


def _say(t: Turn, told: Decision, proposal: Proposal) -> None:
    if told.verb == "return":
        t.return_to(told.data["to"], then=told.data["then"], reason=told.reason)
    elif told.verb in ("approve", "reject"):
        getattr(t, told.verb)(told.reason)
    elif t.step.node == "arrangement":
        assert proposal.implementer is not None and proposal.implementation_due is not None
        steps.arrange(t, implementer=proposal.implementer, due=proposal.implementation_due)
    elif t.step.node == "implementation":
        steps.implement(t, note=told.reason, photos=[], also_solves=list(proposal.also_solves.all()))
    elif t.step.node == "effect_report":
        sums: Any = {name: getattr(proposal, name) for name in ("saving", "added_cost", "investment")}
        steps.report_effect(t, **sums, note=told.reason)
    else:
        t.complete(told.reason)


# What is compared: every column that is not a key, a number of its own, or Viewflow's own clock. ----------------------


def record_of(case: Case) -> dict[str, Any]:
    return {
        "case": _columns(case, "token", "number", "process", "search"),
        "parties": [_columns(p, "case") for p in case.parties.order_by("person", "relation")],
        "process": _columns(case.process, "created", "finished", "artifact_content_type", "artifact_object_id"),
        "tasks": [_task(task) for task in case.process.task_set.order_by("pk")],  # type: ignore[union-attr]
        "steps": [_step(step) for step in case.steps.order_by("place")],
        "items": [_item(item) for item in case.items.order_by("step__place", "person", "pk")],
        "decisions": [_decision(d) for d in case.decisions.order_by("ledger_seq")],
        "entries": list(
            Entry.objects.filter(chain__subject=f"case:{case.pk}").order_by("seq").values_list("event", "at")
        ),
        "proposal": _columns(case.proposal, "case"),  # type: ignore[attr-defined]
        "also solves": sorted(case.proposal.also_solves.values_list("number", flat=True)),  # type: ignore[attr-defined]
    }


def _columns(row: Any, *left_out: str) -> dict[str, Any]:
    names = [f.attname for f in row._meta.concrete_fields if f.name not in ("id", *left_out)]
    return {name: getattr(row, name) for name in names}


VIEWFLOWS_OWN = ("process", "created", "assigned", "started", "finished")


def _task(task: Any) -> dict[str, Any]:
    told = _columns(task, *VIEWFLOWS_OWN)
    told["flow_task"] = told["flow_task"].name
    data = task.data or {}
    told["data"] = data | {name: _place(data[name]) for name in ("returned_by", "resumes") if name in data}
    return told | {"after": sorted(t.flow_task.name for t in task.previous.all())}


def _place(step_id: Any) -> Any:
    return Step.objects.get(pk=step_id).place if step_id else None


def _step(step: Step) -> dict[str, Any]:
    told = _columns(step, "case", "task", "returned_by", "resumes")
    return told | {"returned_by": _place(step.returned_by_id), "resumes": _place(step.resumes_id)}


def _item(item: WorkItem) -> dict[str, Any]:
    return _columns(item, "case", "step") | {"step": item.step.place}


def _decision(decision: Decision) -> dict[str, Any]:
    told = _columns(decision, "case", "step", "item", "token", "ledger_digest")
    return told | {
        "step": decision.step.place if decision.step else None,
        "item": _item(decision.item) if decision.item else None,
    }

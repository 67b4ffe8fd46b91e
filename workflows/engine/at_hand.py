"""What a decision reads: the item with all that belongs to it, and who may sit at the next step. One statement each.

The queries are built once and ask for what is nearly always enough; where it is not (a substitute, an appeal, nobody
eligible), the services ask the rest themselves.
"""

from __future__ import annotations

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import DateTimeField, Exists, F, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from viewflow.workflow.models import Process, Task

from workflows.engine import kinds
from workflows.engine.independence import concerned
from workflows.engine.models import Case, CaseParty, Decision, Step, WorkItem
from workflows.ledger.clock import now
from workflows.organisation.models import Person, RoleHolding, Unit
from workflows.store.gathering import Gathering
from workflows.store.prepared import Given, IsOneOf, Prepared
from workflows.store.statement import sequence_of

# As many as a decision may need: gates and acts on the way, and the step that they lead to.
DRAWN = {Task: 6, Step: 2, Decision: 2}
# What deciding never looks at: each column costs its name and its value at every decision. Asked for, it is read then.
UNREAD = {
    Task: ("assigned", "scheduled", "external_task_id", "owner_permission_content_type", "owner_permission_obj_pk",
           "seed_content_type", "seed_object_id", "artifact_content_type", "artifact_object_id"),
    Process: ("seed_content_type", "seed_object_id", "artifact_content_type", "artifact_object_id"),
    Case: ("search",),
    Person: ("password", "last_login", "title", "email", "theme", "joined_on"),
    # Of a step that sent the case back only where it resumes.
    Step: tuple({field.name for field in Step._meta.concrete_fields} - {"id", "case", "returned_by", "resume_at"}),
}  # fmt: skip


def item_at_hand(item_id: int, kind: str, actor: Person, *, writing: Gathering | None = None) -> WorkItem | None:
    """The item with its case, task, rules and people; each row known once.

    It says besides whether the actor holds its role (`actor_holds`) or is concerned (`actor_concerned`), and the case
    knows its parties. `writing`: ids for what will be written are drawn with it, under the lock.
    """
    found = _whole(kind, writing is not None)(item=item_id, actor=actor.pk, now=now())
    if not found:
        return None
    item = found[0]
    item.step.case = item.case
    process = item.case.process
    assert process is not None
    item.step.task.process, process.case = process, item.case  # type: ignore[attr-defined]
    item.case.party_ids = item.party_ids  # type: ignore[attr-defined]
    if writing is not None:
        _keep(writing, item)
    return item


@cache
def _whole(kind: str, drawing: bool) -> Prepared[WorkItem]:
    business = kinds.get(kind).business
    related = [
        "person", "unit", "step__task", "step__unit", "step__returned_by",
        "case__process", "case__rules", "case__unit", "case__author",
    ] + ([f"case__{business}"] if business else [])  # fmt: skip
    holding = RoleHolding.objects.in_force(Given("now", DateTimeField()))  # type: ignore[arg-type]
    parties = CaseParty.objects.filter(case=OuterRef("case")).order_by("person").distinct()
    return Prepared(
        lambda: (
            WorkItem.objects.select_related(*related)
            .annotate(
                actor_holds=Exists(holding.filter(person=Given("actor"), role=OuterRef("role"), unit=OuterRef("unit"))),
                actor_concerned=concerned(OuterRef("case"), OuterRef("case__filed_at"), Given("actor")),
                party_ids=ArraySubquery(parties.values("person")),
                **(_ids() if drawing else {}),
            )
            .filter(pk=Given("item"))
            .defer(*_unread(step__task=Task, step__returned_by=Step, case__process=Process, case=Case))
            .defer(*_unread(case__author=Person, person=Person))
            .order_by()
        )
    )


def _unread(**models: type) -> list[str]:
    return [f"{path}__{name}" for path, model in models.items() for name in UNREAD[model]]


def step_at_hand(step_id: int, *, writing: Gathering | None = None) -> Step:
    """The step with its task and case, for what time and operators do; ids are drawn with it if it will be written."""
    step = (_STEP if writing is None else _STEP_AND_IDS)(step=step_id)[0]
    process = step.case.process
    assert process is not None
    step.task.process, process.case = process, step.case  # type: ignore[attr-defined]
    if writing is not None:
        _keep(writing, step)
    return step


def _steps(drawing: bool):  # type: ignore[no-untyped-def]
    related = ("task", "unit", "case__process", "case__rules", "case__unit", "case__author", "returned_by")
    return (
        Step.objects.select_related(*related)
        .annotate(**(_ids() if drawing else {}))
        .filter(pk=Given("step"))
        .order_by()
    )


_STEP: Prepared[Step] = Prepared(lambda: _steps(False))
_STEP_AND_IDS: Prepared[Step] = Prepared(lambda: _steps(True))


def _ids() -> dict[str, RawSQL]:
    return {
        _drawn(model): RawSQL(f"ARRAY(SELECT nextval('{sequence_of(model)}') FROM generate_series(1, {count}))", [])
        for model, count in DRAWN.items()
    }


def _keep(writing: Gathering, row: object) -> None:
    for model in DRAWN:
        writing.keep_ids(model, getattr(row, _drawn(model)))


def _drawn(model: type) -> str:
    return f"{model.__name__.lower()}_ids"


def holders_at(case: Case, role: str, level: str) -> list[RoleHolding]:
    """Who holds the role at the case's nearest unit of this level, by number; each says whether it is `concerned`."""
    return _HOLDERS(role=role, level=level, ids=case.unit.ancestor_ids, case=case.pk, filed_at=case.filed_at, now=now())


def _holders():  # type: ignore[no-untyped-def]
    above = Unit.objects.filter(IsOneOf(F("pk"), Given("ids")), kind=Given("level"))
    here = above.order_by("-path").values("pk")[:1]
    return (
        RoleHolding.objects.in_force(Given("now", DateTimeField()))  # type: ignore[arg-type]
        .filter(role=Given("role"), unit=Subquery(here))
        .annotate(concerned=concerned(Given("case"), Given("filed_at", DateTimeField()), OuterRef("person")))
        .select_related("person", "unit")
        .order_by("person__employee_no")
    )


_HOLDERS: Prepared[RoleHolding] = Prepared(_holders)

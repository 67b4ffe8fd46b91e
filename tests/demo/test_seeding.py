"""What `seed_demo` leaves behind: believable rows that hold together, and work in every queue that can be done."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db.models import Count, F
from django.test import Client
from django.utils import timezone
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import STATUS

from config.demo.cases import WAITING
from config.demo.management.commands.seed_demo import LEAD
from innovation.proposals import course, steps
from innovation.proposals.models import Proposal
from workflows.documents.models import Document
from workflows.engine import queue
from workflows.engine.concluding import verdict_of
from workflows.engine.models import Case, CaseParty, Decision, Numbering, RuleVersion, Step, WorkItem
from workflows.engine.turn import Turn, turn
from workflows.ledger import audit
from workflows.ledger.checkpoints import fingerprint
from workflows.ledger.models import Checkpoint, Entry
from workflows.organisation.models import Person, Role

pytestmark = pytest.mark.django_db


def test_as_many_as_asked(seeded: Path) -> None:
    assert Case.objects.filter(kind="proposal").count() == 130
    assert Case.objects.filter(kind="award_round").count() == 3  # two that were run, and last month's
    assert Person.objects.count() == 60
    year = timezone.now() - timedelta(days=366 + LEAD)
    assert not Case.objects.filter(filed_at__lt=year).exists()
    assert not Decision.objects.filter(decided_at__gt=timezone.now()).exists()


def test_the_ledger_holds(seeded: Path) -> None:
    assert Checkpoint.objects.exists()
    assert not list(audit.problems([fingerprint()]))


def test_each_decision_has_its_entry(seeded: Path) -> None:
    of_cases = Entry.objects.filter(chain__subject__startswith="case:", event__startswith="engine.case.")
    assert of_cases.count() == Decision.objects.count()
    written = {(f"case:{d.case_id}", d.ledger_seq, d.ledger_digest) for d in Decision.objects.all()}
    assert written == set(of_cases.values_list("chain__subject", "seq", "digest"))
    for case in Case.objects.prefetch_related("decisions"):
        told = sorted(case.decisions.all(), key=lambda d: d.ledger_seq)
        assert [d.decided_at for d in told] == sorted(d.decided_at for d in told), case
        assert told[0].verb == "file"


def test_one_live_task_for_each_open_step(seeded: Path) -> None:
    live = Task.objects.filter(status__in=[STATUS.NEW, STATUS.ASSIGNED])
    assert set(live.values_list("pk", flat=True)) == set(
        Step.objects.filter(closed_at=None).values_list("task_id", flat=True)
    )
    assert not Task.objects.exclude(status__in=[STATUS.NEW, STATUS.ASSIGNED, STATUS.DONE]).exists()
    roots = Task.objects.annotate(before=Count("previous")).filter(before=0)
    assert roots.count() == Process.objects.count() == Case.objects.count()
    assert set(Case.objects.exclude(state="closed").values_list("pk", flat=True)) == set(
        Step.objects.filter(closed_at=None).values_list("case_id", flat=True)
    )


def test_nothing_waits_that_is_decided(seeded: Path) -> None:
    assert not WorkItem.objects.filter(state="open", step__closed_at__isnull=False).exists()
    for step in Step.objects.filter(closed_at=None):
        assert verdict_of(step) is None or step.mode == "one", (step.case, step.node)
    for step in Step.objects.filter(mode__in=["all", "vote"], outcome="approved"):
        assert verdict_of(step) == "passed", (step.case, step.node)


def test_nobody_decided_who_may_not(seeded: Path) -> None:
    own = CaseParty.objects.filter(recused=True).values_list("case_id", "person_id")
    decided = Decision.objects.filter(verb__in=["approve", "reject", "return", "abstain"])
    assert not set(own) & set(decided.values_list("case_id", "actor_id"))
    assert not Decision.objects.filter(item__origin="carried").exists()


def test_each_case_went_by_its_rules(seeded: Path) -> None:
    for case in Case.objects.filter(kind="proposal").select_related("rules", "unit", "proposal__implementer"):
        assert case.rules == RuleVersion.objects.in_force("proposal", case.unit.ancestor_ids, case.filed_at), case
        assert case.content_digest == case.proposal.digest(), case
        been = set(case.steps.values_list("node", flat=True))
        if been & {"finance_check", "chief_check"}:
            assert course.needs_finance(case) == ("finance_check" in been), case
        level = case.proposal.accepted_level
        assert not level or level == "workshop" or course.within(case, level), case


def test_the_numbers_go_on(seeded: Path) -> None:
    stems = Counter(number.rpartition("-")[0] for number in Case.objects.values_list("number", flat=True))
    assert stems == Counter(dict(Numbering.objects.values_list("stem", "last")))


def test_photos_of_the_latest_ideas(seeded: Path) -> None:
    assert Document.objects.count() == 48
    assert not Document.objects.filter(received_at=None).exists()


# This week's work -----------------------------------------------------------------------------------------------------


def test_every_open_item_is_in_somebodys_queue(seeded: Path) -> None:
    assert not Step.objects.filter(closed_at=None).exclude(items__state="open").exists()
    seen: set[int] = set()
    for person in Person.objects.active():
        seen |= set(queue.waiting_for(person).values_list("pk", flat=True))
    assert seen == set(WorkItem.objects.filter(state="open").values_list("pk", flat=True))


@pytest.mark.parametrize("node,_count,_hours", WAITING)
def test_each_step_has_its_work(seeded: Path, node: str, _count: int, _hours: int) -> None:
    assert Step.objects.filter(closed_at=None, node=node).count() >= 2


def test_those_who_sign_in_find_work(seeded: Path) -> None:
    for role in (Role.TEAM_LEADER, Role.SECTION_CHIEF, Role.WORKSHOP_REVIEWER, Role.FINANCE_VERIFIER):
        people = Person.objects.filter(holdings__role=role)
        idle = [p.name for p in people if not queue.waiting_for(p).exists()]
        assert people and not idle, (role, idle)


def test_the_sign_ins_work(seeded: Path) -> None:
    lines = seeded.read_text("utf-8").splitlines()
    password = lines[0].rpartition(" ")[2]
    assert len(lines) > len(Role.values) // 2
    for line in lines[1:]:
        number = line.split()[0]
        answer = Client().post("/sign-in/", {"username": number, "password": password})
        assert answer.status_code == 302, line


# A seeded case moves on as a lived one --------------------------------------------------------------------------------


def approve(t: Turn) -> None:
    t.approve("同意。")


def arrange(t: Turn) -> None:
    steps.arrange(t, implementer=t.case.author, due=timezone.localdate() + timedelta(days=20))


def implement(t: Turn) -> None:
    steps.implement(t, note="已按图改完。", photos=[])


def report(t: Turn) -> None:
    steps.report_effect(
        t, saving=Decimal("90000.00"), added_cost=Decimal(0), investment=Decimal(0), note="三个月趋势核对。"
    )


def appeal(t: Turn) -> None:
    t.complete("检修通道已让开。", verb="appeal")


NEXT = {
    "team_review": (approve, {"section_review", "arrangement"}),
    "section_review": (approve, {"section_review", "workshop_review", "arrangement"}),
    "workshop_review": (approve, {"workshop_review", "arrangement"}),
    "revision": (lambda t: t.complete("已补。"), {"team_review", "section_review"}),
    "rejection": (appeal, {"section_review", "workshop_review", "appeal_panel"}),
    "arrangement": (arrange, {"implementation"}),
    "implementation": (implement, {"effect_report"}),
    "effect_report": (report, {"finance_check"}),
    "finance_check": (approve, {"closed"}),
    "chief_check": (approve, {"closed"}),
}


def act(case: Case) -> str:
    """Whoever has it in the queue does what the step asks; where the case is then."""
    item = WorkItem.objects.filter(case=case, state="open").select_related("step").order_by("pk")[0]
    person = next(p for p in Person.objects.active() if queue.waiting_for(p).filter(pk=item.pk).exists())
    page = signed_in(person).get(f"/cases/{case.number}/tasks/{item.pk}/")
    assert page.status_code == 200
    with turn(actor=person, case_id=case.pk, item_id=item.pk, token=uuid4()) as t:
        NEXT[item.step.node][0](t)
    case.refresh_from_db()
    step = Step.objects.filter(case=case, closed_at=None).first()
    return step.node if step else "closed"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="workflows.organisation.backends.EmployeeBackend")
    return client


@pytest.mark.parametrize("node", NEXT)
def test_an_open_case_can_be_acted_on(seeded: Path, node: str) -> None:
    for case in Case.objects.filter(steps__closed_at=None, steps__node=node)[:3]:
        assert act(case) in NEXT[node][1]
        page = signed_in(case.author).get(f"/cases/{case.number}/")
        assert page.status_code == 200
    assert not list(audit.problems([fingerprint()]))


def test_a_seeded_case_walks_to_its_end(seeded: Path) -> None:
    case = Case.objects.filter(steps__closed_at=None, steps__node="workshop_review").first()
    assert case is not None
    for _ in range(12):
        if act(case) == "closed":
            break
    assert case.standing == "verified"
    assert Proposal.objects.get(case=case).status == "verified"
    places = list(Step.objects.filter(case=case).values_list("place", flat=True))
    assert places == list(range(1, len(places) + 1))
    assert not Step.objects.filter(case=case, closed_at__lt=F("opened_at")).exists()

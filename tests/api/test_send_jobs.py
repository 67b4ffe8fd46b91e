"""The plant's own maintenance system sends its jobs: once a number, at the state that it says; and reads them back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maintenance_audit.jobs.models import Job, JobPerson
from tests.api.caller import Caller
from tests.jobs.story import Register
from tests.plant import Plant
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def reg(plant: Plant) -> Register:
    return Register.of(plant)


@pytest.fixture
def system(reg: Register) -> Caller:
    """Holds the section's planner's token."""
    return Caller.of(reg.planner)


def job(number: str = "WX-1", **changes: Any) -> dict[str, Any]:
    said = {"number": number, "title": "换机械密封", "tag": "P-2101A", "failure_code": "LEAK", "contractor": "WW-HX",
            "state": "accepted", "accepted_on": "2026-03-05", "hours": "16.50", "amount": "1200.00"}  # fmt: skip
    return said | changes


def test_one_is_sent_and_sent_again(plant: Plant, reg: Register, system: Caller) -> None:
    first = system.post("/api/jobs", jobs=[job(people={"supervisor": reg.supervisor.employee_no})])
    assert (first.status_code, first.json()["jobs"][0]["outcome"]) == (201, "created")
    again = system.post("/api/jobs", jobs=[job()])
    assert (again.status_code, again.json()["jobs"][0]["outcome"]) == (200, "known")
    other = system.post("/api/jobs", jobs=[job(title="别的活")])
    assert (other.status_code, other.json()["jobs"][0]["outcome"]) == (200, "differs")
    row = Job.objects.get()
    assert (row.title, row.source, row.state, row.gate_evidenced) == ("换机械密封", "api", "accepted", False)
    assert (row.estimate, row.hours, row.contractor) == (Decimal("1200.00"), Decimal("16.50"), plant.contractor)
    assert JobPerson.objects.get(job=row).person == reg.supervisor
    assert Entry.objects.filter(chain__subject=f"job:{row.pk}").count() == 1


def test_other_people_are_other_words(plant: Plant, reg: Register, system: Caller) -> None:
    def outcome(**people: str) -> str:
        return str(system.post("/api/jobs", jobs=[job(people=people)]).json()["jobs"][0]["outcome"])

    first, other = reg.supervisor.employee_no, plant.section_chiefs[0].employee_no
    assert outcome(supervisor=first) == "created"
    assert outcome(supervisor=first) == "known" and outcome() == "known", "no word of them says nothing else"
    assert outcome(supervisor=other) == "differs" and outcome(supervisor=first, acceptor=other) == "differs"
    JobPerson.objects.create(job=Job.objects.get(), person=plant.section_chiefs[0], part="acceptor")
    assert outcome(supervisor=first) == "known", "since then somebody came to it here"
    assert outcome(supervisor=first, acceptor=other) == "known"
    assert JobPerson.objects.count() == 2


def test_people_of_other_firms_are_told_like_nobody(plant: Plant, system: Caller) -> None:
    other = Unit.objects.create(code="GS-2", name="另一家公司", kind="company")
    Person.objects.create(employee_no="77001", name="别家人", unit=other, joined_on=plant.author.joined_on)
    told = set()
    for number in ("99999", "77001", plant.contractor_person.employee_no):
        answer = system.post("/api/jobs", jobs=[job(people={"supervisor": number})])
        told.add((answer.status_code, answer.content.decode().replace(number, "…")))
    assert len(told) == 1 and next(iter(told))[0] == 400 and not Job.objects.exists()


def test_many_at_once_with_their_repeats(system: Caller, reg: Register) -> None:
    sent = [job("A"), job("B", accepted_on="2026-03-20"), job("C", failure_code="NA", accepted_on="2026-03-21"),
            job("工单/7", state="requested", accepted_on=None)]  # fmt: skip
    answer = system.post("/api/jobs", jobs=sent)
    assert answer.status_code == 201, answer.content
    assert Job.objects.get(number="B").repeats == Job.objects.get(number="A")
    assert Job.objects.get(number="C").failure_code is None
    asked = Job.objects.get(number="工单/7")
    assert asked.gate_evidenced and asked.first_failure_code is None
    shown = system.get("/api/jobs/工单/7").json()
    assert (shown["state"], shown["tag"], shown["estimate"]) == ("requested", "P-2101A", "1200.00")
    assert system.get("/api/jobs/B").json()["repeats"] == "A"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tag": "P-9999"}, "jobs.1.tag"),
        ({"tag": "B-3301"}, "jobs.1.tag"),
        ({"failure_code": "XX"}, "jobs.1.failure_code"),
        ({"contractor": "XX"}, "jobs.1.contractor"),
        ({"section": "RL-ZX"}, "jobs.1.section"),
        ({"accepted_on": None}, "jobs.1.accepted_on"),
        ({"accepted_on": "2099-01-01"}, "jobs.1.accepted_on"),
        ({"number": "A|B"}, "jobs.1.number"),
        ({"number": "A\nB"}, "jobs.1.number"),
        ({"number": "A"}, "jobs.1.number"),
        ({"hours": "-1"}, "jobs.1.hours"),
        ({"state": "nearly"}, "jobs.1.state"),
        ({"people": {"supervisor": "nobody"}}, "jobs.1.people.supervisor"),
    ],
)
def test_one_that_does_not_fit_stops_all(system: Caller, changes: dict[str, Any], field: str) -> None:
    answer = system.post("/api/jobs", jobs=[job("A"), job("B") | changes])
    assert (answer.status_code, answer.json()["field"]) == (400, field), answer.content.decode()
    assert not Job.objects.exists()


def test_five_hundred_cost_what_five_do(system: Caller) -> None:
    def cost(first: int, count: int) -> int:
        sent = [job(f"N-{n}") for n in range(first, first + count)]
        with CaptureQueriesContext(connection) as counted:
            assert system.post("/api/jobs", jobs=sent).status_code == 201
        return len(counted)

    cost(0, 5)
    assert cost(10, 5) == cost(100, 200)
    assert system.post("/api/jobs", jobs=[job(f"M-{n}") for n in range(501)]).status_code == 400


def test_a_contractors_token_reads_its_own_and_sends_nothing(plant: Plant, reg: Register, system: Caller) -> None:
    system.post("/api/jobs", jobs=[job("OURS"), job("THEIRS", contractor="WW-JA")])
    firm = Caller.of(plant.contractor_person)
    assert [row["number"] for row in firm.get("/api/jobs").json()["items"]] == ["OURS"]
    assert firm.get("/api/jobs/OURS").status_code == 200 and firm.get("/api/jobs/THEIRS").status_code == 404
    assert firm.get("/api/equipment").json()["items"] == [] and firm.get("/api/failure-codes").json() == []
    assert firm.post("/api/jobs", jobs=[job("X")]).status_code == 403
    assert Job.objects.count() == 2


def test_strangers_and_observers(plant: Plant, reg: Register, system: Caller) -> None:
    system.post("/api/jobs", jobs=[job()])
    assert Caller.of(plant.stranger).get("/api/jobs/WX-1").status_code == 404
    observer = Caller.of(plant.observer)
    assert observer.get("/api/jobs/WX-1").status_code == 200
    assert observer.post("/api/jobs", jobs=[job("X")]).status_code == 403
    assert Caller.of(reg.planner).post("/api/jobs", jobs=[job("Y", tag="B-3301")]).status_code == 400


def test_pages_neither_skip_nor_repeat(system: Caller) -> None:
    system.post("/api/jobs", jobs=[job(f"N-{n}") for n in range(7)])
    seen, cursor = [], ""
    while True:
        page = system.get("/api/jobs", size=3, cursor=cursor).json()
        seen += [row["number"] for row in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert sorted(seen) == sorted(set(seen)) == [f"N-{n}" for n in range(7)]
    tags = system.get("/api/equipment", size=1).json()
    assert (tags["items"][0]["tag"], tags["next"]) == ("B-3301", "B-3301")
    assert system.get("/api/equipment", after="B-3301").json()["items"][0]["tag"] == "P-2101A"
    assert {row["code"] for row in system.get("/api/failure-codes").json()} == {"LEAK", "WEAR"}

"""Workers point at a job without a name: it is checked, and nobody learns who pointed, nor early that anybody did."""

import logging

import pytest
from django.db import connection
from django.urls import reverse

from maintenance_audit.lots import results
from maintenance_audit.lots.models import DrawnJob, Pointing
from maintenance_audit.lots.record import record_of
from maintenance_audit.lots.redraw import problems
from tests.lots.story import LotStory
from workflows.engine import receipts
from workflows.ledger.models import Entry

WORDS = "泵轴没有换，还是旧的"


@pytest.fixture
def story(plant):
    told = LotStory(plant)
    told.begin()
    told.jobs(12)
    return told


def point(story, number, person=None, words=WORDS):
    client = story.plant.client(person or story.plant.author)
    url = reverse("point_at_job", args=[number])
    receipt = client.get(url).context["receipt"]
    return client.post(url, {"receipt": receipt, "words": words})


def to_the_draw(story):
    story.open()
    story.freeze()
    story.commit()
    story.reveal()
    return story.draw()


def undrawn(story):
    """Run the draw dry to learn which job the seed will not draw: pointed at, it is an extra."""
    return next(f"WX-2603-{n:03}" for n in range(1, 13) if f"WX-2603-{n:03}" not in story.numbers())


def test_a_worker_points_and_follows_it_by_the_receipt(story):
    answer = point(story, "WX-2603-005")
    code = answer.context["code"]
    assert answer.status_code == 200 and code in answer.content.decode()
    look = story.plant.client(story.plant.stranger)
    url = reverse("pointing_receipt")
    assert look.post(url, {"code": code.upper()}).context["standing"] == "received"
    assert look.post(url, {"code": "abcd"}).status_code == 422
    to_the_draw(story)
    assert "WX-2603-005" in story.numbers()
    assert look.post(url, {"code": code}).context["standing"] == "received", "nothing early"
    story.inspect(failing={"WX-2603-005"})
    for _tier in (2, 3):
        assert look.post(url, {"code": code}).context["standing"] == "checking", "or an inspector above would know"
        story.reveal()
        story.draw()
        story.inspect(failing={"WX-2603-005"})
    row = DrawnJob.objects.get(draw__lot=story.lot_id, draw__tier=1, lot_job__number="WX-2603-005")
    results.revise(row, result="conforming", critical=False, reasons="旧件已找到", by=story.lead)
    story.do(story.lead, words="按规则。")
    assert look.post(url, {"code": code}).context["standing"] == "conforming", "as it stands in the end"


def test_that_it_was_pointed_at_is_shown_only_when_the_records_are_sealed(story):
    for n in range(1, 13):
        point(story, f"WX-2603-{n:03}")
    to_the_draw(story)
    extras = set(story.numbers(1, "pointed"))
    assert len(extras) == 7
    number = story.case.number
    for person in (story.lead, story.firm, story.plant.observer):
        client = story.plant.client(person)
        for name in ("lot", "draw_record_page", "draw_record"):
            page = client.get(reverse(name, args=[number])).content.decode()
            frame = page.count("WX-2603-")
            assert "pointed" not in page and "群众点题" not in page.split("</nav>")[-1].split("tabbar")[0], (
                name,
                frame,
            )
        assert client.get(reverse("job", args=[sorted(extras)[0]])).status_code == 200
    assert {job["number"] for job in record_of(story.lot)["draws"][0]["jobs"]}.isdisjoint(extras)
    entry = Entry.objects.get(chain__subject=f"case:{story.case.pk}", event="maintenance_audit.draw.drawn")
    assert not any(extra in (entry.payload.body or "").split('"seed"')[0] for extra in extras)
    story.inspect()
    record = record_of(story.lot)
    assert extras == {job["number"] for job in record["draws"][0]["jobs"] if job["why"] == "pointed"}
    assert problems(record) == []


def test_drawn_and_pointed_at_it_counts_once_as_drawn(story):
    for n in range(1, 13):
        point(story, f"WX-2603-{n:03}")
    draw = to_the_draw(story)
    assert draw.size == len(story.numbers(1, "drawn")) == 5 and len(story.numbers()) == 12


def test_who_pointed_lies_nowhere(story, caplog):
    caplog.set_level(logging.DEBUG)
    point(story, "WX-2603-001")
    [made] = Pointing.objects.all()
    who = story.plant.author
    assert who.employee_no not in "".join(str(value) for value in vars(made).values())
    assert not any("pointing" in record.getMessage() and who.employee_no in record.getMessage()
                   for record in caplog.records)  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_payload WHERE body LIKE %s", ["%pointed_at%"])
        assert cursor.fetchone() == (0,)
    entry = Entry.objects.get(chain__subject=f"pointing:{made.key}")
    assert entry.payload.body in (None, "") and entry.payload.sealed
    for person in (story.lead, story.plant.admin, story.plant.observer):
        answer = story.plant.client(person).get(reverse("ledger_chain", args=[f"pointing:{made.key}"]))
        assert answer.status_code == 404


def test_the_same_form_twice_is_one_pointing_and_what_is_typed_stays(story):
    client = story.plant.client(story.plant.author)
    url = reverse("point_at_job", args=["WX-2603-002"])
    receipt = client.get(url).context["receipt"]
    empty = client.post(url, {"receipt": receipt, "words": " "})
    assert empty.status_code == 422 and not Pointing.objects.exists()
    again = [client.post(url, {"receipt": empty.context["receipt"], "words": WORDS}) for _n in range(3)]
    assert len({answer.context["code"] for answer in again}) == 1 and Pointing.objects.count() == 1
    assert receipts.digest(again[0].context["code"]) == Pointing.objects.get().receipt


def test_contractors_point_at_nothing_and_a_decided_lot_is_over(story):
    assert story.plant.client(story.firm).get(reverse("point_at_job", args=["WX-2603-001"])).status_code == 404
    to_the_draw(story)
    for tier in (1, 2, 3):
        if tier > 1:
            story.reveal()
            story.draw()
        story.inspect()
    story.do(story.lead)
    answer = story.plant.client(story.plant.author).get(reverse("point_at_job", args=["WX-2603-001"]))
    assert answer.context["why_not"]


def test_pointed_at_after_the_first_draw_it_comes_with_the_next_tier(story):
    to_the_draw(story)
    late = undrawn(story)
    point(story, late)
    story.inspect()
    story.reveal()
    story.draw()
    assert late in story.numbers(2)


def test_by_number(story):
    client = story.plant.client(story.plant.author)
    url = reverse("point_at")
    assert client.post(url, {"number": "WX-0"}).status_code == 422
    assert client.post(url, {"number": "WX-2603-001"}).status_code == 303

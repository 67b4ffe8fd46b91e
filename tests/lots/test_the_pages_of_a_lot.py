"""The pages of lots and draws, by whoever reads them."""

import json

import pytest
from django.urls import reverse

from maintenance_audit.lots.models import Nonce
from maintenance_audit.lots.redraw import commitment, problems
from tests.lots.story import LotStory
from workflows.organisation.models import Role


@pytest.fixture
def story(plant):
    return LotStory(plant)


def get(story, person, name, *args):
    return story.plant.client(person).get(reverse(name, args=args))


def test_the_lead_reads_list_lot_and_draw(story):
    story.to_draw(8)
    number = story.case.number
    assert number in get(story, story.lead, "lots").content.decode()
    page = get(story, story.lead, "lot", number).content.decode()
    assert "GB/T 2828.1" in page and "WX-2603-001" in page
    draw = get(story, story.lead, "draw_record_page", number).content.decode()
    assert story.drawn(1).seed in draw and "<svg" in draw
    assert get(story, story.lead, "draw_live", number).status_code == 200


def test_who_inspects_is_shown_to_nobody_before_the_last_record_is_sealed(story):
    story.to_draw(8)
    number = story.case.number
    names = [one.assignments.first().person.name for one in story.drawn(1).jobs.all()]
    for person in (story.lead, story.firm, story.plant.observer, story.planner):
        page = get(story, person, "draw_record_page", number).content.decode()
        record = get(story, person, "draw_record", number).content.decode()
        assert not any(f">{name}<" in page or name in record for name in names)
        assert all("inspectors" not in job for job in json.loads(record)["draws"][0]["jobs"])
    story.inspect()
    record = json.loads(get(story, story.firm, "draw_record", number).content)
    assert all(job["inspectors"]["site"] for job in record["draws"][0]["jobs"]) and problems(record) == []


def test_another_contractor_learns_nothing_by_guessing(story):
    story.to_draw(4)
    from workflows.organisation.models import Unit, UnitKind

    other = Unit.objects.create(code="WW-CL", name="赤岭机电", kind=UnitKind.CONTRACTOR, parent=story.plant.company)
    rival = story.person("柯竞", "80001", other, Role.CONTRACTOR)
    number = story.case.number
    for name in ("lot", "draw_record_page", "draw_live", "draw_record"):
        assert get(story, rival, name, number).status_code == 404
        assert get(story, story.firm, name, number).status_code == 200
    assert number not in get(story, rival, "lots").content.decode()
    assert get(story, rival, "case", number).status_code == 404


def test_a_worker_of_another_workshop_reads_the_public_record_only(story):
    story.to_draw(4)
    from workflows.organisation.models import Unit, UnitKind

    other = Unit.objects.create(code="DJ", name="电解车间", kind=UnitKind.WORKSHOP, parent=story.plant.company)
    worker = story.person("柳槽", "80002", other)
    assert get(story, worker, "draw_record_page", story.case.number).status_code == 200
    assert get(story, worker, "lot", story.case.number).status_code == 404


def test_parties_commit_and_reveal_through_their_pages(story):
    story.begin()
    story.jobs(6)
    story.open()

    def act(person, **typed):
        item = story.item()
        url = reverse("decide", args=[story.case.number, item.pk])
        client = story.plant.client(person)
        assert client.get(url).status_code == 200
        return client.post(url, {"verb": "complete", "token": "", **typed})

    from uuid import uuid4

    assert act(story.lead, token=uuid4()).status_code == 303
    assert act(story.lead, token=uuid4(), **story.three()).status_code == 303
    own = ["a" * 32, "b" * 32, "c" * 32]
    typed = {f"tier_{n}": commitment(story.case.number, 1, "contractor", one) for n, one in enumerate(own, 1)}
    assert act(story.firm, token=uuid4(), keep="self", **typed).status_code == 303
    kept = Nonce.objects.get(lot=story.lot, tier=1, party="contractor")
    assert kept.kept is None and not kept.nonce
    bad = act(story.planner, token=uuid4(), keep="here", tier_1="xyz", tier_2="", tier_3="d" * 32)
    assert bad.status_code == 422 and "xyz" in bad.content.decode()
    assert act(story.planner, token=uuid4(), **story.three()).status_code == 303
    assert act(story.union, token=uuid4(), **story.three()).status_code == 303
    assert story.lot.state == "committed"
    wrong = act(story.firm, token=uuid4(), nonce="f" * 32)
    assert wrong.status_code == 422 and story.node == "contractor_reveal"
    assert act(story.firm, token=uuid4(), nonce=own[0]).status_code == 303
    assert act(story.planner, token=uuid4()).status_code == 303
    assert act(story.union, token=uuid4()).status_code == 303
    assert story.node == "drawing" and story.lot.state == "revealed"
    item = story.item()
    assert act(story.lead, token=uuid4()).status_code == 303
    late = story.plant.client(story.lead).post(
        reverse("decide", args=[story.case.number, item.pk]), {"verb": "complete", "token": uuid4()}
    )
    assert late.status_code == 409 and story.drawn(1).size


def test_the_program_and_the_record_are_downloaded(story):
    story.to_draw(4)
    answer = get(story, story.firm, "redraw_program")
    assert b"def draw_jobs" in b"".join(answer.streaming_content)
    record = get(story, story.firm, "draw_record", story.case.number)
    assert record["Content-Disposition"].endswith(f'{story.case.number}.json"')


def test_the_list_says_first_what_is_the_readers_to_do_now(story):
    story.begin()
    story.jobs(4)
    story.open()
    number = story.case.number

    def mine(person):
        page = get(story, person, "lots").content.decode()
        return page.partition('id="h-yours"')[2].partition("</section>")[0]

    assert number in mine(story.lead)
    assert not mine(story.firm) and not mine(story.planner) and not mine(story.plant.observer)
    story.freeze()
    story.do(story.lead, **story.three())
    assert number in mine(story.firm) and not mine(story.lead), "the contractor commits next"
    story.do(story.firm, **story.three())
    assert number in mine(story.planner) and not mine(story.firm)

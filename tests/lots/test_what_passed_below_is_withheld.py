"""Whoever checks a job anew does not learn from the draw whether it passed below: what an upper tier drew from is only
committed until nobody checks any more; then anybody repeats the draw from the record alone."""

import json
import subprocess
import sys

import pytest
from django.urls import reverse

from maintenance_audit.lots import redraw
from maintenance_audit.lots.models import Assignment, Draw
from maintenance_audit.lots.record import record_of
from tests.lots.reader import Reader
from tests.lots.story import LotStory
from workflows.ledger.entries import unseal
from workflows.ledger.models import Entry
from workflows.organisation.models import Person

TELLING = ("result", "critical", "disputed", "why")  # of a job in the record


@pytest.fixture
def story(plant):
    told = LotStory(plant)
    told.to_draw(20)
    return told


def upper(story, failing=frozenset()):
    """The tier below is checked, the next is drawn."""
    story.inspect(failing=failing, disputed=failing)
    story.reveal()
    return story.draw()


def everybody(story):
    plant = story.plant
    yield from (story.lead, story.firm, story.planner, story.union, plant.observer, plant.admin, plant.reviewers[0])
    yield from (plant.author, plant.section_chiefs[0], story.section_inspectors[0], story.workshop_inspectors[0])
    yield from (
        one.person for one in Assignment.objects.filter(drawn_job__draw__lot=story.lot).select_related("person")
    )


def addresses(story):
    lot, chain = story.case.number, f"case:{story.case.pk}"
    for name in ("draw_record_page", "draw_live", "draw_record", "lot", "case"):
        yield reverse(name, args=[lot])
    for name in ("ledger_chain", "ledger_export"):
        yield reverse(name, args=[chain])
    yield from (f"/api/lots/{lot}/record", "/lots/", "/evidence/")


def read(story, person: Person) -> str:
    reader = Reader(story.plant, person)
    return "".join(map(reader.text, addresses(story)))


def run(record, folder):
    (folder / "record.json").write_text(json.dumps(record))
    again = [sys.executable, "-I", "-S", redraw.__file__, "record.json"]
    return subprocess.run(again, cwd=folder, text=True, capture_output=True, check=False)


def test_no_response_tells_anybody_what_the_sections_drew_from(story):
    bad = set(story.numbers()[1:3])
    draw = upper(story, bad)
    assert {frozenset(part["numbers"]) for part in draw.strata} == {frozenset(bad), frozenset(story.numbers()) - bad}
    for person in {one.pk: one for one in everybody(story)}.values():
        said = read(story, person)
        assert draw.strata_salt not in said, person
        assert all(json.dumps(part["numbers"], ensure_ascii=False) not in said for part in draw.strata), person
    record = record_of(story.lot)
    first, second = record["draws"]
    assert second["from"] is None and second["strata_commitment"] == draw.strata_commitment
    assert [job["number"] for job in second["jobs"]] == sorted(story.numbers(2))
    assert not any(name in job for job in second["jobs"] for name in TELLING)
    assert not any(name in job for job in first["jobs"] for name in TELLING[:3]), "nor the teams' results"


def test_who_may_still_be_drawn_reads_no_result_of_the_lot(story):
    story.inspect(failing=set(story.numbers()[:1]))
    waits, done = story.section_inspectors[0], Assignment.objects.first().person
    page, result = reverse("lot", args=[story.case.number]), "符合</span>"
    assert Reader(story.plant, story.lead).text(page).count(result) == 5
    assert result not in Reader(story.plant, waits).text(page)
    assert done.name not in Reader(story.plant, waits).text(reverse("draw_record", args=[story.case.number]))


def test_the_ledger_holds_the_commitment_and_the_rest_sealed(story):
    draw = upper(story, set(story.numbers()[:2]))
    mine = Entry.objects.filter(chain__subject=f"case:{story.case.pk}")
    drawn = json.loads(mine.filter(event="maintenance_audit.draw.drawn").latest("seq").payload.body)
    assert drawn["strata"] == draw.strata_commitment and drawn["jobs"] == sorted(story.numbers(2))
    sealed = mine.filter(event="maintenance_audit.draw.inspectors").latest("seq")
    assert sealed.payload.body is None and unseal(sealed)["strata"] == draw.strata


def test_redraw_says_what_is_withheld_and_repeats_the_rest(story, tmp_path):
    upper(story, set(story.numbers()[:2]))
    done = run(record_of(story.lot), tmp_path)
    assert done.returncode == redraw.WITHHELD and "DOES NOT HOLD" not in done.stdout
    assert "tier 2: which jobs it drew from is withheld until the last record of tier 3 is sealed" in done.stdout
    upper(story)
    done = run(record_of(story.lot), tmp_path)
    assert done.returncode == redraw.WITHHELD and "WITHHELD: tier 2" in done.stdout and "tier 3" in done.stdout
    record = record_of(story.lot)
    record["draws"][1]["jobs"].reverse()
    assert "DOES NOT HOLD: tier 2: the jobs" in run(record, tmp_path).stdout, (
        "sealed, so who checks is repeated already"
    )


def test_after_the_last_seal_the_record_alone_repeats_it_all(story, tmp_path):
    upper(story, set(story.numbers()[:2]))
    upper(story)
    story.inspect()
    done = run(record_of(story.lot), tmp_path)
    assert done.returncode == redraw.HOLDS, done.stdout
    assert all(" ".join(story.numbers(tier)) in done.stdout for tier in (1, 2, 3))
    for spoil in (wrong_salt, other_strata):
        record = record_of(story.lot)
        spoil(record["draws"][1])
        done = run(record, tmp_path)
        assert done.returncode == redraw.DIFFERS
        assert "DOES NOT HOLD: tier 2: what it drew from is not what was committed" in done.stdout
    for tier in (0, 1):
        record = record_of(story.lot)
        record["draws"][tier] |= {"from": None, "told_with": 3}
        done = run(record, tmp_path)
        assert done.returncode == redraw.DIFFERS and "is withheld although its time has come" in done.stdout
        for job in record["draws"][tier]["jobs"]:
            job.pop("why")
        assert run(record, tmp_path).returncode == redraw.DIFFERS
    salts = Draw.objects.filter(lot=story.lot, tier__gt=1).values_list("strata_salt", flat=True)
    assert all(salt in read(story, story.plant.observer) for salt in salts)


def wrong_salt(draw):
    draw["strata_salt"] = "0" * 32


def other_strata(draw):
    passed, failed = draw["from"]
    passed["numbers"], failed["numbers"] = failed["numbers"], passed["numbers"]

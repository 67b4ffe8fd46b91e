"""A party lets its deadline pass, or shows something else than it committed."""

import pytest

from maintenance_audit.lots.models import Nonce
from maintenance_audit.lots.record import record_of
from maintenance_audit.lots.redraw import problems
from tests.lots.story import LotStory, nonce
from workflows.engine.errors import BadMove
from workflows.organisation.models import Role


@pytest.fixture
def story(plant):
    told = LotStory(plant)
    told.begin()
    told.jobs(12)
    told.open()
    told.freeze()
    return told


def holds(story):
    assert problems(record_of(story.lot)) == []


def test_the_contractor_withholds_and_every_job_is_checked(story):
    story.commit()
    story.lapse()
    assert story.node == "drawing" and story.lot.check_all == "contractor"
    draw = story.draw()
    assert draw.seed == "" and draw.size == 12 == len(story.numbers(1, "all"))
    assert Nonce.objects.filter(lot=story.lot, withheld_at__isnull=False).get().party == "contractor"
    story.inspect()
    holds(story)
    assert story.node == "contractor_reveal", "tier 2 asks again"
    story.reveal()
    story.draw()
    assert len(story.numbers(2, "drawn")) == 3


def test_the_union_withholds_once_and_somebody_else_of_it_reruns(story):
    story.commit()
    story.do(story.firm)
    story.do(story.planner)
    story.lapse()
    assert story.node == "lead_commitment" and story.lot.round == 2 and not story.lot.check_all
    other = story.person("钟二", "61004", story.plant.workshop, Role.UNION_REPRESENTATIVE)
    for person in (story.lead, story.firm, story.planner):
        story.do(person, **story.three())
    with pytest.raises(BadMove, match="另一人"):
        story.do(story.union, **story.three())
    story.do(other, **story.three())
    story.reveal(union=other)
    assert story.draw().round == 2 and len(story.numbers()) == 5
    story.inspect()
    record = record_of(story.lot)
    assert {one["round"] for one in record["nonces"]} == {1, 2}, "all rounds stay in the record"
    assert [one["party"] for one in record["nonces"] if one["withheld_at"]] == ["union"]
    holds(story)


def test_a_second_miss_means_every_job(story):
    story.commit()
    story.do(story.firm)
    story.lapse()
    other = story.person("何二", "61005", story.plant.workshop, Role.MAINTENANCE_PLANNER)
    for person in (story.lead, story.firm, other, story.union):
        story.do(person, **story.three())
    story.do(story.firm)
    story.do(other)
    story.lapse()
    assert story.node == "drawing" and story.lot.check_all == "union" and story.lot.round == 2
    assert story.draw().size == 12


def test_whoever_does_not_even_commit_withholds(story):
    story.do(story.lead, **story.three())
    story.lapse()
    assert story.node == "drawing" and story.lot.check_all == "contractor"
    story.draw()
    story.inspect()
    assert story.node == "drawing", "there is nothing to reveal in tier 2 either"
    story.draw()
    assert len(story.numbers(2)) == 12
    story.inspect()
    holds(story)


def test_the_union_withholds_in_the_second_tier(story):
    story.commit()
    story.reveal()
    story.draw()
    story.inspect()
    story.do(story.firm)
    story.do(story.planner)
    story.lapse()
    assert story.lot.round == 2 and story.lot.tier == 2 and not story.lot.check_all
    other = story.person("钟二", "61004", story.plant.workshop, Role.UNION_REPRESENTATIVE)
    story.commit(union=other)
    story.reveal(union=other)
    assert story.draw().round == 2
    story.inspect()
    holds(story)


def test_a_wrong_nonce_reveals_nothing(story):
    story.commit()
    with pytest.raises(BadMove) as refused:
        story.do(story.firm, nonce="f" * 32)
    assert refused.value.field == "nonce" and story.node == "contractor_reveal"
    assert not Nonce.objects.filter(lot=story.lot, revealed_at__isnull=False).exists()


@pytest.mark.parametrize("typed", ["", "ABCD", "g" * 32, "a" * 31, "a" * 129])
def test_what_is_no_nonce_is_refused_at_its_field(story, typed):
    form = story.form(story.lead, **story.three() | {"tier_2": typed})
    if form.is_valid():
        with pytest.raises(BadMove) as refused:
            story.do(story.lead, **story.three() | {"tier_2": typed})
        assert refused.value.field == "tier_2"
    else:
        assert "tier_2" in form.errors


def test_equal_nonces_and_commitments_are_refused(story):
    with pytest.raises(BadMove):
        story.do(story.lead, keep="here", tier_1=nonce(1), tier_2=nonce(1), tier_3=nonce(2))
    story.do(story.lead, keep="here", tier_1=nonce(1), tier_2=nonce(2), tier_3=nonce(3))
    with pytest.raises(BadMove) as refused:
        story.do(story.firm, keep="here", tier_1=nonce(7), tier_2=nonce(8), tier_3=nonce(2))
    assert refused.value.field == "tier_3"


def test_a_task_may_be_handed_on_the_partys_word_may_not(story):
    story.do(story.lead, **story.three())
    story.do(story.firm, **story.three())
    with story.turn(story.planner) as held:
        held.transfer(story.plant.teammate, "我不在")
    with pytest.raises(BadMove):
        story.do(story.plant.teammate, **story.three())


def test_kept_nonces_lie_nowhere_in_plain(story):
    typed = story.three()
    story.do(story.lead, **typed)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lots_nonce WHERE nonce <> '' OR encode(kept, 'escape') LIKE %s",
                       [f"%{typed['tier_1']}%"])  # fmt: skip
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM ledger_payload WHERE body LIKE %s", [f"%{typed['tier_1']}%"])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM engine_decision WHERE data::text LIKE %s", [f"%{typed['tier_1']}%"])
        assert cursor.fetchone() == (0,)

"""Every few minutes somebody signs where everything stands."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.chains import history, tamper
from workflows.ledger import checkpoints
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.checkpoints import header, tree_at
from workflows.ledger.entries import append
from workflows.ledger.models import Checkpoint, Entry, Head
from workflows.ledger.tasks import gather_checkpoint
from workflows.ledger.tree import Place, Tree
from workflows.ledger.verify import ZERO, check_checkpoint, check_proof


@pytest.mark.django_db
class TestGathering:
    def test_nothing_moved_nothing_signed(self):
        assert checkpoints.gather("test") is None
        history()
        assert checkpoints.gather("test").number == 1
        assert checkpoints.gather("test") is None

    def test_only_what_moved_is_listed_and_all_is_signed(self):
        history("case:1")
        history("case:2")
        first = checkpoints.gather("test")
        history("case:2", 1)
        gather_checkpoint()
        second = Checkpoint.objects.get(number=2)
        assert (first.previous, second.previous) == (ZERO, first.digest)
        assert list(second.heads.values_list("chain__subject", "length")) == [("case:2", 7)]
        assert second.size == 2 and second.root == tree_at(second).root != first.root == tree_at(first).root
        assert all(check_checkpoint(header(c), [checkpoints.fingerprint()]) is None for c in (first, second))

    @override_settings(DEMO=True)
    def test_a_demo_says_so_under_its_signature(self):
        history()
        forged = {**header(checkpoints.gather("test")), "demo": False}
        assert check_checkpoint(forged, [checkpoints.fingerprint()]).code == "edited"

    def test_a_hundred_chains_cost_as_many_statements_as_one(self, django_assert_num_queries):
        append_many(Happening(f"case:{n}", "engine.case.filed", {"n": n}) for n in range(100))
        with django_assert_num_queries(7):  # savepoint, lock, standing, last, checkpoint, heads, release
            checkpoints.gather("test")
        assert Head.objects.count() == 100


@pytest.mark.django_db
class TestManyAtOnce:
    def test_many_are_written_as_one_by_one(self):
        append(subject="case:1", event="engine.case.filed", payload={"n": 0})
        many = [
            Happening(f"case:{n % 3}", "engine.case.moved", {"text": 'a,"b"\n锍𠮷', "n": n}, sealed=n % 5 == 0)
            for n in range(50)
        ]
        stamps = append_many(many, batch_size=7)
        append(subject="case:1", event="engine.case.closed", payload={})
        assert [s.seq for s in stamps[:7]] == [1, 2, 1, 2, 3, 2, 3]
        assert Entry.objects.count() == 52
        call_command("verify_ledger")

    def test_the_number_of_statements_does_not_grow(self, django_assert_num_queries):
        with django_assert_num_queries(6):  # and two COPYs, which Django does not count
            append_many([Happening(f"case:{n}", "engine.case.filed", {"n": n}) for n in range(500)])


@pytest.mark.django_db
class TestTheWholeDatabase:
    @pytest.fixture(autouse=True)
    def written(self, db):
        history("case:1")
        history("case:2", 2)
        append(subject="case:3", event="award.mark.sealed", payload={"mark": 90}, sealed=True)
        checkpoints.gather("test")
        history("case:1", 2)

    def said(self, capsys, *, holds=False, **options):
        if holds:
            call_command("verify_ledger", every_root=True, **options)
        else:
            with pytest.raises(CommandError):
                call_command("verify_ledger", every_root=True, **options)
        return capsys.readouterr().out

    def test_all_is_well(self, capsys):
        assert "HOLDS" in self.said(capsys, holds=True)

    @pytest.mark.parametrize(
        ("statement", "named"),
        [
            ("UPDATE ledger_entry SET event = 'x' WHERE seq = 3", "case:1 entry 3 was edited"),
            ("DELETE FROM ledger_entry USING ledger_chain c WHERE c.id = chain_id AND c.subject = 'case:2'",
             "case:2 entry 1 and what follows was cut off"),
            ("UPDATE ledger_checkpoint SET size = 9", "checkpoint #1 was edited"),
            ("UPDATE ledger_head SET digest = repeat('a', 64) WHERE length = 2", "case:2 entry 2 or one before it"),
            ("DELETE FROM ledger_head WHERE length = 2", "checkpoint #1 has a proof that does not lead"),
        ],
    )  # fmt: skip
    def test_a_change_is_named(self, capsys, statement, named):
        tamper(statement)
        assert named in self.said(capsys)

    def test_another_key_is_named(self, capsys):
        assert "checkpoint #1 was not signed by this key" in self.said(capsys, key=["ab" * 32])


subjects = st.sets(st.text("abc:0123", min_size=1, max_size=6), min_size=1, max_size=40)


@given(subjects, st.text("abc:0123", min_size=1, max_size=6))
def test_the_tree_answers_for_every_subject_there_or_not(there, asked):
    tree = Tree(Place(subject, len(subject), "ab" * 32) for subject in there)
    checkpoint = {"size": tree.size, "root": tree.root, "number": 1}
    for subject in {*there, asked}:
        proof = {"checkpoint": 1, **tree.proof(subject)}
        assert ("left" in proof) == (subject not in there)
        assert check_proof(proof, checkpoint) is None
        assert check_proof({**proof, "subject": subject + "x"}, checkpoint) is not None or "left" in proof

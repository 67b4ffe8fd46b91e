"""Somebody with the database's own password changes history. The export, read elsewhere, names the entry."""

from __future__ import annotations

import pytest

from tests.ledger.chains import SUBJECT, exported, history, tamper, verified
from workflows.ledger import checkpoints, export
from workflows.ledger.canonical import moment_text
from workflows.ledger.models import Chain, Checkpoint, Entry
from workflows.ledger.verify import commitment_of, entry_digest

pytestmark = pytest.mark.django_db

ENTRY = "FROM ledger_chain c WHERE c.id = chain_id AND c.subject = 'case:1' AND seq"


@pytest.fixture
def chain(db):
    history()
    history("case:2", 3)
    checkpoints.gather("test")


def outcome(tmp_path, *held, **options):
    done = verified(tmp_path, exported(**options), *held)
    assert not done.stderr
    return done.returncode, done.stdout


def test_nobody_touched_it(chain, tmp_path):
    code, text = outcome(tmp_path)
    assert code == 0, text
    assert text.startswith("成立 · HOLDS") and "1 chains, 6 entries, 0 payloads withheld" in text


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (f"UPDATE ledger_entry SET event = 'engine.case.rejected' {ENTRY} = 3", "entry 3 was edited"),
        (f"UPDATE ledger_entry SET at = at - interval '1 day' {ENTRY} = 3", "entry 3 was edited"),
        (f"UPDATE ledger_entry SET digest = repeat('a', 64) {ENTRY} = 4", "entry 4 was edited"),
        (f"UPDATE ledger_entry SET payload_digest = repeat('a', 64) {ENTRY} = 4", "entry 4 was edited"),
        (
            "UPDATE ledger_payload SET body = replace(body, '2', '7') FROM ledger_entry e JOIN ledger_chain c ON "
            "c.id = e.chain_id WHERE e.id = entry_id AND c.subject = 'case:1' AND e.seq = 3",
            "entry 3 has a changed payload",
        ),
        (f"DELETE FROM ledger_entry USING ledger_chain c WHERE c.id = chain_id AND subject = '{SUBJECT}' AND seq = 3",
         "entry 3 was removed"),
        (f"DELETE FROM ledger_entry USING ledger_chain c WHERE c.id = chain_id AND subject = '{SUBJECT}' AND seq = 1",
         "entry 1 was removed"),
        (f"DELETE FROM ledger_entry USING ledger_chain c WHERE c.id = chain_id AND subject = '{SUBJECT}' AND seq > 4",
         "entry 5 and what follows was cut off"),
    ],
)  # fmt: skip
def test_one_row_is_changed(chain, tmp_path, statement, named):
    tamper(statement)
    code, text = outcome(tmp_path)
    assert code == 1 and f"case:1 {named}" in text, text
    assert "case:1 第" in text


def test_two_entries_change_places(chain, tmp_path):
    tamper(
        f"UPDATE ledger_entry SET seq = 90 {ENTRY} = 2",
        f"UPDATE ledger_entry SET seq = 2 {ENTRY} = 3",
        f"UPDATE ledger_entry SET seq = 3 {ENTRY} = 90",
    )
    code, text = outcome(tmp_path)
    assert code == 1 and "case:1 entry 2 was edited" in text


def test_two_entries_change_places_in_the_file(chain, tmp_path):
    content = exported()
    entries = content["chains"][0]["entries"]
    entries[1], entries[2] = entries[2], entries[1]
    assert "case:1 entry 2 was moved to another place" in verified(tmp_path, content).stdout


def test_an_entry_stands_there_twice(chain, tmp_path):
    content = exported()
    entries = content["chains"][0]["entries"]
    entries.insert(3, entries[2])
    done = verified(tmp_path, content)
    assert done.returncode == 1 and "case:1 entry 3 has a number that was used before" in done.stdout


def rewrite(subject: str, seq: int, body: str) -> None:
    """Change one payload and recompute every digest after it: what a careful forger does."""
    chain = Chain.objects.get(subject=subject)
    prev, statements = "0" * 64, []
    for entry in Entry.objects.filter(chain=chain).select_related("payload").order_by("seq"):
        text = body if entry.seq == seq else entry.payload.body
        payload_digest = commitment_of(entry.payload.salt, text)
        digest = entry_digest(subject, entry.seq, entry.event, moment_text(entry.at), payload_digest, prev)
        statements += [
            f"UPDATE ledger_payload SET body = '{text}' WHERE entry_id = {entry.pk}",
            f"UPDATE ledger_entry SET payload_digest = '{payload_digest}', prev = '{prev}', digest = '{digest}' "
            f"WHERE id = {entry.pk}",
        ]
        prev = digest
    statements.append(f"UPDATE ledger_chain SET head = '{prev}' WHERE id = {chain.pk}")
    tamper(*statements)


def test_a_careful_forger_recomputes_the_chain_and_meets_the_checkpoint(chain, tmp_path):
    rewrite(SUBJECT, 3, '{"n":99}')
    code, text = outcome(tmp_path)
    assert code == 1 and "case:1 entry 6 or one before it was rewritten" in text


def test_a_forger_who_holds_the_key_meets_the_checkpoint_held_outside(chain, tmp_path):
    held = export.to_hold(Checkpoint.objects.get(), [SUBJECT])
    rewrite(SUBJECT, 3, '{"n":99}')
    tamper("DELETE FROM ledger_head", "DELETE FROM ledger_checkpoint")
    checkpoints.gather("forged")
    assert outcome(tmp_path)[0] == 0, "the server's own word is all there is without a checkpoint held outside"
    code, text = outcome(tmp_path, held)
    assert code == 1 and "checkpoint #1 is not the one that you hold" in text


def cut_tail() -> None:
    """Cut cleanly, with the chain's own row put right."""
    tamper(
        "DELETE FROM ledger_payload USING ledger_entry e, ledger_chain c WHERE e.id = entry_id AND c.id = e.chain_id "
        "AND c.subject = 'case:1' AND e.seq > 4",
        "DELETE FROM ledger_entry USING ledger_chain c WHERE c.id = chain_id AND c.subject = 'case:1' AND seq > 4",
        "UPDATE ledger_chain SET length = 4, head = (SELECT digest FROM ledger_entry WHERE chain_id = ledger_chain.id "
        "AND seq = 4) WHERE subject = 'case:1'",
    )


def test_a_tail_is_cut_and_the_newest_checkpoint_remembers(chain, tmp_path):
    cut_tail()
    code, text = outcome(tmp_path)
    assert code == 1 and "case:1 entry 5 and what follows was cut off" in text


def test_a_tail_is_cut_with_its_checkpoints_and_the_one_held_outside_remembers(chain, tmp_path):
    held = export.to_hold(Checkpoint.objects.get(), [SUBJECT])
    cut_tail()
    tamper("DELETE FROM ledger_head", "DELETE FROM ledger_checkpoint")
    code, text = outcome(tmp_path, held)
    assert code == 1 and "case:1 entry 5 and what follows was cut off" in text


def test_a_bare_checkpoint_held_outside_shows_a_rolled_back_record(chain, tmp_path):
    held = export.to_hold(Checkpoint.objects.get())
    cut_tail()
    tamper("DELETE FROM ledger_head", "DELETE FROM ledger_checkpoint")
    code, text = outcome(tmp_path, held)
    assert code == 1 and "checkpoint #1 is held by you, but this export ends before it" in text


def test_an_older_checkpoint_is_answered_when_its_number_is_named(chain, tmp_path):
    held = export.to_hold(Checkpoint.objects.get())
    history(count=2)
    history("case:3", 1)
    checkpoints.gather("later")
    assert outcome(tmp_path, held)[0] == 2
    code, text = outcome(tmp_path, held, held=(1,))
    assert code == 0, text


def test_a_chain_that_did_not_exist_at_a_checkpoint_is_shown_not_to_have(chain, tmp_path):
    held = export.to_hold(Checkpoint.objects.get())
    subjects = [f"case:{number}" for number in range(3, 12)]
    for subject in subjects:
        history(subject, 1)
    checkpoints.gather("later")
    done = verified(tmp_path, exported(*subjects, held=(1,)), held)
    assert done.returncode == 0, done.stdout


def test_a_checkpoint_is_changed_in_the_database(chain, tmp_path):
    tamper("UPDATE ledger_checkpoint SET reason = 'other'")
    assert "checkpoint #1 was edited" in outcome(tmp_path)[1]


def test_a_checkpoint_is_taken_out_of_the_row(chain, tmp_path):
    for _ in range(2):
        history(count=1)
        checkpoints.gather("test")
    content = exported()
    content["checkpoints"][1]["previous"] = "a" * 64
    done = verified(tmp_path, content)
    assert done.returncode == 1 and "checkpoint #2 was edited" in done.stdout
    del content["checkpoints"][1]["previous"]
    assert verified(tmp_path, content).returncode == 2


def test_a_heads_row_is_changed(chain, tmp_path):
    tamper("UPDATE ledger_head SET length = 4")
    assert "case:1 checkpoint #1 has a proof that does not lead" in outcome(tmp_path)[1]


def test_another_key_signed(chain, tmp_path):
    done = verified(tmp_path, exported(), key="ab" * 32)
    assert done.returncode == 1 and "checkpoint #1 was not signed by this key" in done.stdout


def test_after_a_change_of_key_both_fingerprints_are_named(chain, tmp_path, settings):
    settings.CHECKPOINT_KEY, old = "22" * 32, checkpoints.fingerprint()
    history(count=1)
    checkpoints.gather("new key")
    new = checkpoints.fingerprint()
    assert old != new and "checkpoint #1 was not signed by this key" in verified(tmp_path, exported(), key=new).stdout
    assert verified(tmp_path, exported(), key=f"{new} {old}").returncode == 0

"""Something happens, and the ledger says so: once, in order, for good."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.ledger.canonical import canonical, moment_text
from workflows.ledger.entries import append, unseal
from workflows.ledger.models import Chain, Entry, Payload
from workflows.ledger.verify import commitment_of, entry_digest

pytestmark = pytest.mark.django_db


def recomputed(entry: Entry) -> str:
    return entry_digest(
        entry.chain.subject, entry.seq, entry.event, moment_text(entry.at), entry.payload_digest, entry.prev
    )


def test_one_entry_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        stamp = append(subject="case:1", event="engine.case.filed", payload={"title": "冰铜 锍 𠮷"})
    entry = Entry.objects.get()
    assert (stamp.seq, stamp.digest) == (1, entry.digest) == (1, recomputed(entry))
    assert entry.prev == "0" * 64
    assert entry.payload_digest == commitment_of(entry.payload.salt, entry.payload.body)


def test_each_entry_names_the_one_before_and_chains_are_apart():
    first = append(subject="case:1", event="engine.case.filed", payload={})
    other = append(subject="case:2", event="engine.case.filed", payload={})
    second = append(subject="case:1", event="engine.case.approved", payload={})
    assert (first.seq, other.seq, second.seq) == (1, 1, 2)
    entry = Entry.objects.get(chain__subject="case:1", seq=2)
    assert entry.prev == first.digest
    assert entry.chain.head == second.digest and entry.chain.length == 2


def test_two_equal_payloads_do_not_look_equal():
    for _ in range(2):
        append(subject="case:1", event="engine.vote.cast", payload={"vote": "approve"})
    assert Entry.objects.values("payload_digest").distinct().count() == 2


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
leaf = st.none() | st.booleans() | st.integers() | text | st.decimals(allow_nan=False) | st.dates()
payloads = st.dictionaries(text, st.recursive(leaf, lambda s: st.lists(s) | st.dictionaries(text, s), max_leaves=8))
moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(payload=payloads, at=moments)
def test_the_database_and_python_agree_on_every_digest(db, payload, at):
    stamp = append(subject="case:铜-1", event="engine.case.filed", payload=payload, at=at)
    entry = Entry.objects.select_related("chain", "payload").get(chain__subject="case:铜-1", seq=stamp.seq)
    assert stamp.digest == recomputed(entry)
    assert entry.payload.body == canonical(payload)
    assert entry.payload_digest == commitment_of(entry.payload.salt, entry.payload.body)


def test_the_text_of_a_payload_is_one_and_the_same():
    shown = canonical({"b": Decimal("1.10"), "a": [date(2026, 3, 1), None, True, "铜\n"]})
    assert shown == '{"a":["2026-03-01",null,true,"铜\\n"],"b":"1.10"}'


@pytest.mark.parametrize("bad", [{"a": 1.5}, {"a": [float("nan")]}, {1: "a"}, {"a": object()}, {"a": b"x"}])
def test_what_two_machines_may_print_differently_is_refused(bad):
    with pytest.raises(TypeError):
        append(subject="case:1", event="engine.case.filed", payload=bad)
    assert not Entry.objects.exists()


def test_half_a_character_is_refused_before_the_database():
    with pytest.raises(UnicodeEncodeError):
        append(subject="case:1", event="engine.case.filed", payload={"a": "\ud842"})


@pytest.mark.parametrize("subject", ["case|1", "case 1", "case\n1", ""])
def test_a_subject_that_would_make_the_text_ambiguous_is_refused(subject):
    with pytest.raises(IntegrityError), transaction.atomic():
        append(subject=subject, event="engine.case.filed", payload={})


@pytest.mark.django_db(transaction=True)
def test_an_entry_without_its_transaction_is_refused():
    with pytest.raises(TransactionManagementError):
        append(subject="case:1", event="engine.case.filed", payload={})


def test_a_sealed_payload_shows_neither_its_text_nor_its_salt_nor_its_length():
    append(subject="round:1", event="award.mark.sealed", payload={"mark": 7}, sealed=True)
    append(subject="round:1", event="award.mark.sealed", payload={"mark": 100, "why": "好"}, sealed=True)
    short, long = Payload.objects.order_by("pk")
    assert short.salt is None and short.body is None
    assert b"mark" not in bytes(short.sealed)
    assert len(short.sealed) == len(long.sealed)
    assert [unseal(entry) for entry in Entry.objects.all()] == [{"mark": 7}, {"mark": 100, "why": "好"}]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_leave_no_gap_and_no_double():
    def work() -> None:
        try:
            for _ in range(25):
                with transaction.atomic():
                    append(subject="case:1", event="engine.vote.cast", payload={"vote": "approve"})
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    entries = list(Entry.objects.select_related("chain").order_by("seq"))
    assert [e.seq for e in entries] == list(range(1, 201))
    assert [e.prev for e in entries[1:]] == [e.digest for e in entries[:-1]]
    assert Chain.objects.get().head == entries[-1].digest

"""The whole ledger checked where it lies, by the same rules that verify.py applies to an export."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef

from workflows.ledger import verify
from workflows.ledger.checkpoints import header, tree_at
from workflows.ledger.export import entry_of
from workflows.ledger.models import Chain, Checkpoint, Entry, Head
from workflows.ledger.verify import Problem


def problems(fingerprints: list[str], *, every_root: bool = False) -> Iterator[Problem]:
    """What does not hold: the first entry of each chain, then heads and checkpoints.

    `every_root` folds the tree of each checkpoint again, not only of the newest: slow on a large plant.
    """
    yield from _chains()
    yield from _heads()
    yield from _checkpoints(fingerprints)
    yield from _roots(every_root)


def _chains() -> Iterator[Problem]:
    entries = Entry.objects.select_related("payload", "chain").order_by("chain_id", "seq", "pk").iterator(2000)
    for _chain_id, group in groupby(entries, key=lambda entry: entry.chain_id):
        if problem := verify.check_chain(_exported(list(group))):
            yield problem
    emptied = Chain.objects.filter(~Exists(Entry.objects.filter(chain=OuterRef("pk"))), length__gt=0)
    for subject in emptied.order_by("subject").values_list("subject", flat=True).iterator(2000):
        yield verify.entry_at(subject, 1, "cut")


def _exported(entries: list[Entry]) -> dict[str, Any]:
    chain = entries[0].chain
    rows = [entry_of(entry, lambda _entry: True) for entry in entries]
    return {"subject": chain.subject, "length": chain.length, "head": chain.head, "entries": rows}


def _heads() -> Iterator[Problem]:
    """Each place that a checkpoint listed must still be in its chain."""
    there = Entry.objects.filter(chain=OuterRef("chain"), seq=OuterRef("length"), digest=OuterRef("digest"))
    lost = Head.objects.filter(~Exists(there)).select_related("chain").order_by("chain_id", "length")
    for head in lost.iterator(2000):
        if head.chain.length < head.length:
            yield verify.entry_at(head.chain.subject, head.chain.length + 1, "cut")
        else:
            yield verify.entry_at(head.chain.subject, head.length, "rewritten")


def _checkpoints(fingerprints: list[str]) -> Iterator[Problem]:
    before: dict[str, Any] = {"number": 0, "digest": verify.ZERO}
    for checkpoint in Checkpoint.objects.order_by("number").iterator(2000):
        one = header(checkpoint)
        found = verify.check_checkpoint(one, fingerprints)
        if one["number"] != before["number"] + 1 or one["previous"] != before["digest"]:
            found = verify.checkpoint_at(one["number"], "linked")
        if found:
            yield found
        before = one


def _roots(every: bool) -> Iterator[Problem]:
    newest_first = Checkpoint.objects.order_by("-number")
    for checkpoint in newest_first if every else newest_first[:1]:
        tree = tree_at(checkpoint)
        if tree.size != checkpoint.size or tree.root != checkpoint.root:
            yield verify.checkpoint_at(checkpoint.number, "proof")

"""A confirmed round as one file to take away, which recomputes and verifies without the product."""

from __future__ import annotations

from innovation.awards import roundfile
from innovation.awards.models import AwardRound, RoundFile
from workflows.ledger import export
from workflows.ledger.models import Entry

# What the workshop has read anyway. The rest of the chain (who sat on the panel, who tried what, who is paid) stays
# withheld and verifies all the same.
OPEN_TO_ALL = {
    "award.marks.opened", "award.round.ranked", "award.round.announced", "award.round.confirmed", "award.voided",
    "award.round.published",
}  # fmt: skip


def readable(entry: Entry) -> bool:
    return entry.event in OPEN_TO_ALL and entry.payload.sealed is None


def packed(round: AwardRound) -> bytes:
    """The zip of a confirmed round: the lines as they were sworn, and the chain with the checkpoint on the notice."""
    held = [round.checkpoint.number] if round.checkpoint else []
    chain = export.build([f"case:{round.case_id}"], readable=readable, held=held)
    return roundfile.packed(RoundFile.objects.get(round=round).as_lines, export.dumped(chain).encode())

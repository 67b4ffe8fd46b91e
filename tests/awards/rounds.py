"""Rounds for the tests: one by hand, any by hypothesis, a ledger's export that confirms one, and a bare Python."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from innovation.awards import recompute, roundfile
from innovation.awards.roundfile import (
    AuthorRecord,
    CandidateRecord,
    CriterionRecord,
    GradeRecord,
    RoundRecord,
    RulesRecord,
)

OPENED = datetime(2026, 11, 1, tzinfo=UTC)
JUDGES = tuple(f"J{number}" for number in range(1, 8))
CODES = ("effect", "novelty", "spread")
AUTHORS = (
    AuthorRecord("10231", "王建国", "一班", 5),
    AuthorRecord("10377", "李敏", "一班", 3),
    AuthorRecord("10412", "赵𠮷", "二班", 1),
)


def candidate(number: int, *whole: int, **fields: Any) -> CandidateRecord:
    """Each judge gives every criterion the same number, so that the number is the judge's mark."""
    marks = {judge: dict.fromkeys(CODES, s) for judge, s in zip(JUDGES, whole, strict=False)}
    given = {"marks": marks, "authors": AUTHORS, "filed_at": OPENED - timedelta(days=20), **fields}
    return CandidateRecord(case=f"TA-2610-{number:04}", title=f"题目{number}", level="team", **given)


def round_of(*candidates: CandidateRecord, **fields: Any) -> RoundRecord:
    grades = (
        GradeRecord("一等奖", Decimal(85), Decimal(2000), 1),
        GradeRecord("二等奖", Decimal("70.5"), Decimal(800), 2),
        GradeRecord("三等奖", Decimal(60), Decimal(300)),
    )
    criteria = tuple(CriterionRecord(code, code, weight) for code, weight in zip(CODES, (5, 3, 0), strict=True))
    rules = fields.pop("rules", RulesRecord(3, criteria, grades, quorum=1))
    return RoundRecord("round:7", "SM", "熔炼车间", "2026-10", OPENED, rules, JUDGES, candidates, **fields)


def export_of(lines: list[bytes], **more: Any) -> dict[str, Any]:
    """The ledger's export of the round's chain: opened, confirmed, paid out. As docs/ledger-format.md says."""
    confirmed = recompute.canonical({"lines": roundfile.digests(lines), **more})
    entries: list[dict[str, Any]] = []
    for event, body in (("award.round.opened", "{}"), (recompute.CONFIRMED, confirmed), ("award.round.paid_out", "{}")):
        entries.append(_entry(len(entries) + 1, event, body, entries[-1]["digest"] if entries else "0" * 64))
    entries[0]["payload"] = "withheld"
    chain = {"subject": "round:7", "length": 3, "head": entries[-1]["digest"], "entries": entries}
    return {"format": recompute.LEDGER, "chains": [chain], "checkpoints": [], "proofs": []}


def _entry(seq: int, event: str, body: str, prev: str) -> dict[str, Any]:
    salt, at = f"{seq:032x}", f"2026-11-2{seq}T01:00:00.000000Z"
    committed = hashlib.sha256(f"{salt}|{body}".encode()).hexdigest()
    digest = hashlib.sha256(f"round:7|{seq}|{event}|{at}|{committed}|{prev}".encode()).hexdigest()
    payload = {"salt": salt, "body": body}
    return {"seq": seq, "event": event, "at": at, "payload_digest": committed, "prev": prev, "digest": digest,
            "payload": payload}  # fmt: skip


def zipped(lines: list[bytes], export: dict[str, Any] | None = None) -> bytes:
    return roundfile.packed(lines, recompute.canonical(export or export_of(lines)).encode())


def checked(folder: Path, content: bytes, *options: str, name: str = "round.zip") -> subprocess.CompletedProcess[str]:
    """Run the program as an outsider would: alone in a folder, isolated, without site packages."""
    (folder / name).write_bytes(content)
    program = folder / "recompute.py"
    program.write_bytes(Path(recompute.__file__).read_bytes())
    command = [sys.executable, "-I", "-S", program.name, name, *(options or ("--en",))]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8-sig", check=False)


# Any round, small numbers on purpose: ties, full grades and tight ceilings are to be common.

scores = st.integers(0, 100) | st.sampled_from((60, 70, 71, 85))
yuan = st.decimals(0, 3000, places=2)


@st.composite
def criteria(draw: Any) -> tuple[CriterionRecord, ...]:
    weights = draw(st.lists(st.integers(0, 6), min_size=1, max_size=4).filter(any))
    return tuple(CriterionRecord(f"c{place}", f"条件{place}", weight) for place, weight in enumerate(weights))


@st.composite
def gradings(draw: Any) -> tuple[GradeRecord, ...]:
    minima = sorted(draw(st.lists(st.decimals(0, 100, places=1), max_size=4)), reverse=True)
    places = st.none() | st.integers(0, 3)
    return tuple(GradeRecord(f"等级{n}", minimum, draw(yuan), draw(places)) for n, minimum in enumerate(minima, 1))


@st.composite
def candidates(draw: Any, number: int, codes: list[str]) -> CandidateRecord:
    recused = draw(st.sets(st.sampled_from(JUDGES), max_size=2))
    marking = draw(st.sets(st.sampled_from([judge for judge in JUDGES if judge not in recused])))
    shares = draw(st.lists(st.integers(1, 7), min_size=1, max_size=4))
    return CandidateRecord(
        case=f"TA-2610-{number}",
        title=draw(st.text(st.characters(codec="utf-8"), max_size=8)),
        level=draw(st.sampled_from(("team", "section", "workshop"))),
        filed_at=OPENED - timedelta(days=draw(st.integers(0, 2))),
        authors=tuple(AuthorRecord(str(10000 + n), f"作者{n}", "一班", share) for n, share in enumerate(shares)),
        verified_benefit=draw(st.none() | st.sampled_from((Decimal("-5.00"), Decimal("0.00"), Decimal("99.10")))),
        standing=draw(st.sampled_from(("in",) * 5 + ("out", "withdrawn", "void"))),
        reason=draw(st.sampled_from(("", "异议成立"))),
        marks={judge: {code: draw(scores) for code in codes} for judge in sorted(marking)},
        recused=tuple(sorted(recused)),
    )


@st.composite
def rounds(draw: Any, most: int = 8) -> RoundRecord:
    rules = RulesRecord(draw(st.integers(1, 9)), draw(criteria()), draw(gradings()), draw(st.integers(1, 4)))
    codes = [criterion.code for criterion in rules.criteria]
    numbers = sorted(draw(st.sets(st.integers(1, 120), max_size=most)))
    return round_of(
        *[draw(candidates(number, codes)) for number in numbers],
        rules=rules,
        ceiling=draw(st.none() | st.decimals(0, 9000, places=2)),
        above_ceiling=draw(st.sampled_from(("scale", "wait"))),
    )

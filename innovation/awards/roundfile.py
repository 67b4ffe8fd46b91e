"""A round as plain records, its file, and back. The bytes are described in docs/award-file.md.

What is computed here comes from recompute.py, the very program that is enclosed, and from nowhere else.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from innovation.awards import recompute
from innovation.awards.recompute import Award
from workflows.ledger import verify

Standing = Literal["in", "out", "withdrawn", "void"]
AboveCeiling = Literal["scale", "wait"]
READ_ME = """试金月度评奖一轮的全部记录。验算：python3 recompute.py round.zip （只需 Python 3.9 以上，不联网）
验台账签名：先解压，再 python3 verify.py ledger.json --key 公钥指纹 （指纹取自张贴的公示）
"相符"即与确认时的记录逐行一致且算得出；"不符"会指出第一处不同的行。

All records of one monthly award round of Assay. Check: python3 recompute.py round.zip (Python 3.9 or newer, offline)
The ledger's signature: unzip, then python3 verify.py ledger.json --key FINGERPRINT (from the printed publicity notice)
"agrees": line by line what was confirmed, and it can be reckoned; "differs" names the first line that is otherwise.
"""


@dataclass(frozen=True)
class CriterionRecord:
    code: str
    name: str
    weight: int  # zero is allowed if another is not


@dataclass(frozen=True)
class GradeRecord:
    name: str
    minimum: Decimal
    amount: Decimal
    places: int | None = None  # None: as many as there are


@dataclass(frozen=True)
class RulesRecord:
    version: int
    criteria: Sequence[CriterionRecord]
    grades: Sequence[GradeRecord]  # from the best down
    quorum: int  # marks that a candidate needs


@dataclass(frozen=True)
class AuthorRecord:
    number: str
    name: str
    unit: str
    share: int


@dataclass(frozen=True)
class CandidateRecord:
    """`marks` by judge's public name (J1…) and criterion's code; empty while they are sealed."""

    case: str
    title: str
    level: str
    filed_at: datetime
    authors: Sequence[AuthorRecord]  # in the order of the case: it decides on left-over fen
    verified_benefit: Decimal | None = None  # at round opening
    standing: Standing = "in"
    reason: str = ""  # why it is out, withdrawn or void, as published
    marks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    recused: Sequence[str] = ()


@dataclass(frozen=True)
class RoundRecord:
    subject: str  # of its chain in the ledger
    workshop_code: str
    workshop_name: str
    month: str  # 2026-10
    opened_at: datetime
    rules: RulesRecord
    judges: Sequence[str]  # J1…Jn, substitutes too
    candidates: Sequence[CandidateRecord]
    ceiling: Decimal | None = None
    above_ceiling: AboveCeiling = "scale"


def reckoned(record: RoundRecord) -> list[Award]:
    """The awards by rank, then the candidates without a score. Raises recompute.Wrong (a ValueError)."""
    return recompute.reckon(*plain(record))


def lines(record: RoundRecord) -> list[bytes]:
    """Of round.jsonl, without line ends: round, candidates by case number, awards by rank, totals.

    Raises recompute.Wrong with the field's path for what `recompute` would refuse.
    """
    header, candidates = plain(record)
    rows = [header, *candidates, *recompute.results(header, candidates)]
    return [recompute.canonical(row).encode("utf-8") for row in rows]


def digests(lines: Iterable[bytes]) -> list[str]:
    """What the ledger entry `recompute.CONFIRMED` holds under "lines"."""
    return [recompute.digest_of(line) for line in lines]


def packed(lines: Iterable[bytes], ledger: bytes) -> bytes:
    """The zip. `ledger`: the ledger's export of the round's chain, as JSON. The same bytes for the same content."""
    files = {
        "round.jsonl": b"".join(line + b"\n" for line in lines),
        "ledger.json": ledger,
        "recompute.py": Path(recompute.__file__).read_bytes(),
        "verify.py": Path(verify.__file__).read_bytes(),
        "READ ME.txt": READ_ME.encode("utf-8"),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def read(lines: Sequence[bytes]) -> RoundRecord:
    """The record behind the lines. Raises recompute.Differs if they are not what it gives."""
    found = recompute.recomputed(lines)
    header, rules = found.header, found.header["rules"]
    return RoundRecord(
        subject=header["subject"],
        workshop_code=header["workshop"]["code"],
        workshop_name=header["workshop"]["name"],
        month=header["month"],
        opened_at=_moment(header["opened_at"]),
        rules=RulesRecord(
            version=rules["version"],
            criteria=[CriterionRecord(**row) for row in rules["criteria"]],
            grades=[GradeRecord(**row | _decimals(row, "minimum", "amount")) for row in rules["grades"]],
            quorum=rules["quorum"],
        ),
        judges=header["judges"],
        candidates=[_candidate(row) for row in found.candidates],
        **_decimals(header, "ceiling"),
        above_ceiling=header["above_ceiling"],
    )


def _candidate(row: dict[str, Any]) -> CandidateRecord:
    authors = [AuthorRecord(**author) for author in row["authors"]]
    fields = {name: value for name, value in row.items() if name != "line"} | _decimals(row, "verified_benefit")
    return CandidateRecord(
        **fields | {"authors": authors, "filed_at": _moment(row["filed_at"]), "recused": tuple(row["recused"])}
    )


def plain(record: RoundRecord) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first line and those of the candidates, as in the file, checked. Raises recompute.Wrong."""
    header = _header(record)
    recompute.check_header(header)
    rows = [_row(candidate) for candidate in record.candidates]
    rows.sort(key=lambda row: recompute.case_order(row["case"]))
    before = None
    for row in rows:
        recompute.check_candidate(row, header, before)
        before = row
    return header, rows


def _header(record: RoundRecord) -> dict[str, Any]:
    grades = [asdict(row) | {"minimum": f"{row.minimum:f}", "amount": _text(row.amount)} for row in record.rules.grades]
    return {
        "line": "round",
        "format": recompute.FORMAT,
        "subject": record.subject,
        "workshop": {"code": record.workshop_code, "name": record.workshop_name},
        "month": record.month,
        "opened_at": _stamp(record.opened_at),
        "rules": {
            "version": record.rules.version,
            "quorum": record.rules.quorum,
            "criteria": [asdict(row) for row in record.rules.criteria],
            "grades": grades,
        },
        "judges": list(record.judges),
        "ceiling": _text(record.ceiling),
        "above_ceiling": record.above_ceiling,
    }


def _row(candidate: CandidateRecord) -> dict[str, Any]:
    return {
        "line": "candidate",
        "case": candidate.case,
        "title": candidate.title,
        "level": candidate.level,
        "filed_at": _stamp(candidate.filed_at),
        "verified_benefit": _text(candidate.verified_benefit),
        "standing": candidate.standing,
        "reason": candidate.reason,
        "authors": [vars(author) for author in candidate.authors],
        "marks": {judge: dict(given) for judge, given in candidate.marks.items()},
        "recused": sorted(candidate.recused),
    }


def _text(amount: Decimal | None) -> str | None:
    """Two places; a part of a fen is refused by the check, never rounded here."""
    if amount is None:
        return None
    whole = amount.quantize(Decimal("0.01"))
    return f"{whole if whole else abs(whole):f}" if whole == amount else f"{amount:f}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def _decimals(row: Mapping[str, Any], *names: str) -> dict[str, Decimal | None]:
    return {name: None if row[name] is None else Decimal(row[name]) for name in names}

#!/usr/bin/env python3
"""试金月度评奖复算 · Recomputes a monthly award round of Assay from its file alone.

    python3 recompute.py round.zip [--csv] [--en | --zh]

One file, standard library only, Python 3.9 or newer; needs neither the product nor a network. The product itself
reckons with the functions below and with no others. docs/award-file.md describes the file and the arithmetic.
Exit code: 0 agrees, 1 differs (the first line or ledger entry that differs is named), 2 could not be checked.

Scores are exact fractions, money is whole fen; in files a score is "247/3", an amount "2000.00".
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import locale
import os
import re
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from math import lcm
from operator import itemgetter
from typing import Any, NamedTuple

FORMAT = "assay-award-round/1"
LEDGER = "assay-ledger/1"
CONFIRMED = "award.round.confirmed"
DIGITS = re.compile("([0-9]+)")
TRIMMED_FROM = 5  # marks from which on one highest and one lowest are dropped

# The arithmetic. Source: the plant's award rules, product.md section 3 "Monthly award".


def mark(marks: Sequence[int], weights: Sequence[int]) -> Fraction:
    """One judge's mark: sum of w·s over sum of w. Raises ValueError unless each s is a whole 0-100 and sum of w > 0.

    A weight of zero is allowed if another is not zero: that criterion is marked and counts for nothing.
    """
    if len(marks) != len(weights) or any(type(w) is not int or w < 0 for w in weights) or not sum(weights):
        raise ValueError("each mark has a weight, whole and not negative, and one of them is above zero")
    if any(type(s) is not int or not 0 <= s <= 100 for s in marks):
        raise ValueError("a mark is a whole number from 0 to 100")
    return Fraction(_weighed(marks, weights), sum(weights))


def _weighed(marks: Sequence[int], weights: Sequence[int]) -> int:
    return sum(map(int.__mul__, marks, weights))


def panel_score(marks: Sequence[Any]) -> Fraction:
    """The mean of the judges' marks; from five marks on without one highest and one lowest. ValueError if none."""
    if not marks:
        raise ValueError("no marks, no score")
    if len(marks) < TRIMMED_FROM:
        return Fraction(sum(marks)) / len(marks)
    return Fraction(sum(marks) - max(marks) - min(marks)) / (len(marks) - 2)


def shown(score: Fraction) -> str:
    """Half up to two places, for reading only: everything is compared unrounded. The score is not negative."""
    hundredths = (200 * score.numerator + score.denominator) // (2 * score.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def order(score: Fraction | int, benefit: int | None, filed_at: str, case: str) -> tuple[Any, ...]:
    """Sort key, best first: score, verified benefit in fen at round opening (none = 0), earlier filing, case number.

    `filed_at` is UTC in the ledger's form, which sorts as text. No two cases tie, as no two have one number.
    Scores of one sort are all fractions or all from `in_whole`.
    """
    return (-score, -(benefit or 0), filed_at, case_order(case))


def in_whole(scores: Sequence[Fraction]) -> list[int]:
    """The scores over their common denominator: whole numbers in the same order, which compare ten times as fast."""
    common = lcm(*{score.denominator for score in scores})
    return [score.numerator * (common // score.denominator) for score in scores]


def case_order(case: str) -> tuple[Any, ...]:
    """TA-2611-9999 comes before TA-2611-10000."""
    parts = DIGITS.split(case)
    parts[1::2] = map(int, parts[1::2])  # type: ignore[assignment]
    return (parts, case)


class Grade(NamedTuple):
    name: str
    minimum: Fraction
    places: int | None  # None: as many as there are
    amount: int  # fen


def grade(scores: Iterable[Fraction], grades: Sequence[Grade]) -> list[int | None]:
    """For each score, best first, the place of its grade in `grades`, which go from the best down; None: no grade.

    Places fill from the top; who finds a grade full falls to the next, and out below the last. ValueError if a
    lower grade asks for a higher score.
    """
    if any(lower.minimum > upper.minimum for upper, lower in zip(grades, grades[1:])):  # noqa: B905, RUF007
        raise ValueError("a lower grade asks for no higher score")
    free = [grade.places for grade in grades]
    return [_take(score, grades, free) for score in scores]


def _take(score: Fraction, grades: Sequence[Grade], free: list[int | None]) -> int | None:
    for place, left in enumerate(free):
        if left != 0 and score >= grades[place].minimum:
            free[place] = left if left is None else left - 1
            return place
    return None


def under_ceiling(awards: Sequence[tuple[int, int]], ceiling: int | None, how: str) -> list[int | None]:
    """What is paid of each award (grade's place, fen) under a ceiling in fen; None: it waits.

    Nothing changes while the sum fits. Above it, "scale": each award is floored to the fen at ceiling ÷ sum, and
    what the flooring leaves is given to nobody. "wait": whole grades wait, the lowest that has awards and costs
    anything first, until the sum of the others fits; no award of a grade is paid while another of it waits.
    """
    total = sum(amount for _, amount in awards)
    if ceiling is None or total <= ceiling:
        return [amount for _, amount in awards]
    if how == "scale":
        return [amount * ceiling // total for _, amount in awards]
    if how != "wait":
        raise ValueError("above its ceiling a round is scaled, or its lowest grades wait")
    waiting = set()
    for place, of_grade in groupby(sorted(filter(itemgetter(1), awards), reverse=True), key=itemgetter(0)):
        if total <= ceiling:
            break
        total -= sum(amount for _, amount in of_grade)
        waiting.add(place)
    return [None if place in waiting else amount for place, amount in awards]


def split(amount: int, shares: Sequence[int]) -> list[int]:
    """Fen for each author: floored by share, then the left-over fen one by one to the largest remainders, and of
    equal ones to the earlier author. ValueError unless there are shares, each a positive whole number."""
    if not shares or any(type(share) is not int or share < 1 for share in shares) or amount < 0:
        raise ValueError("shares are positive whole numbers, an amount is not negative")
    whole = sum(shares)
    parts = [amount * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda author: -(amount * shares[author] % whole))
    for author in by_remainder[: amount - sum(parts)]:
        parts[author] += 1
    return parts


# One round. `header` and `candidates` are as in the file (docs/award-file.md) and passed `check`.


class Award(NamedTuple):
    case: str
    rank: int | None  # None: has no score, and `why` says why
    score: Fraction | None
    grade: str | None
    amount: int  # fen, before the ceiling
    paid: int  # fen, what comes out
    split: list[int]  # fen by author, sums to `paid`
    why: str | None  # "out", "withdrawn", "no_marks", "few_marks", "below", "full", "waits", "void"


def reckon(header: dict[str, Any], candidates: Sequence[dict[str, Any]]) -> list[Award]:
    """Everything of one round: those with a score by rank, then those without, as they stand in the file.

    A void award keeps its rank, its place in the grade and its part of the ceiling and is not paid: nobody else's
    award changes by it.
    """
    quorum = header["rules"]["quorum"]
    without = {c["case"]: why for c in candidates if (why := unscored(c, quorum))}
    rest = [Award(c["case"], None, None, None, 0, 0, split(0, shares_of(c)), without[c["case"]])
            for c in candidates if c["case"] in without]  # fmt: skip
    return [*_awards(header, ranked(header, [c for c in candidates if c["case"] not in without])), *rest]


def ranked(header: dict[str, Any], candidates: Sequence[dict[str, Any]]) -> list[tuple[Fraction, dict[str, Any]]]:
    """Each with its score, best first."""
    weights = {criterion["code"]: criterion["weight"] for criterion in header["rules"]["criteria"]}
    scores = [score_of(candidate, weights) for candidate in candidates]
    rows = zip(in_whole(scores), scores, candidates)  # noqa: B905
    by = [(order(whole, fen(c["verified_benefit"]), c["filed_at"], c["case"]), score, c) for whole, score, c in rows]
    return [(score, candidate) for _, score, candidate in sorted(by, key=itemgetter(0))]


def unscored(candidate: dict[str, Any], quorum: int) -> str | None:
    """Why it has no score: it is out or withdrawn, nobody marked it, or fewer than the quorum did."""
    if candidate["standing"] in ("out", "withdrawn"):
        return candidate["standing"]
    if not candidate["marks"]:
        return "no_marks"
    return "few_marks" if len(candidate["marks"]) < quorum else None


def score_of(candidate: dict[str, Any], weights: dict[str, int]) -> Fraction:
    """`panel_score` of each judge's `mark`, divided by the sum of the weights once instead of once a judge."""
    by = list(weights.values())
    points = [_weighed([given[code] for code in weights], by) for given in candidate["marks"].values()]
    return panel_score(points) / sum(by)


def shares_of(candidate: dict[str, Any]) -> list[int]:
    return [author["share"] for author in candidate["authors"]]


def grades_of(header: dict[str, Any]) -> list[Grade]:
    rows = header["rules"]["grades"]
    return [Grade(g["name"], Fraction(g["minimum"]), g["places"], fen(g["amount"]) or 0) for g in rows]


def _awards(header: dict[str, Any], scored: Sequence[tuple[Fraction, dict[str, Any]]]) -> Iterable[Award]:
    grades = grades_of(header)
    places = grade((score for score, _ in scored), grades)
    graded = [(place, grades[place].amount) for place in places if place is not None]
    paid = iter(under_ceiling(graded, fen(header["ceiling"]), header["above_ceiling"]))
    for rank, ((score, candidate), place) in enumerate(zip(scored, places), 1):  # noqa: B905
        if place is None:
            why = "full" if grades and score >= grades[-1].minimum else "below"
            yield Award(candidate["case"], rank, score, None, 0, 0, split(0, shares_of(candidate)), why)
        else:
            yield _award(candidate, rank, score, grades[place], next(paid))


def _award(candidate: dict[str, Any], rank: int, score: Fraction, grade: Grade, paid: int | None) -> Award:
    void = candidate["standing"] == "void"
    why = "void" if void else "waits" if paid is None else None
    paid = 0 if void or paid is None else paid
    parts = split(paid, shares_of(candidate))
    return Award(candidate["case"], rank, score, grade.name, grade.amount, paid, parts, why)


# The file: one line of canonical JSON for the round, one for each candidate, one for each award, one for the totals.


canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def fen(text: str | None) -> int | None:
    return None if text is None else int(text.replace(".", ""))


def yuan(amount: int) -> str:
    return f"{'-' * (amount < 0)}{abs(amount) // 100}.{abs(amount) % 100:02}"


def results(header: dict[str, Any], candidates: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines that follow the candidates: the awards, then the totals."""
    awards, authors = reckon(header, candidates), {c["case"]: c["authors"] for c in candidates}
    return [*(award_line(award, authors[award.case]) for award in awards), totals_line(awards)]


def award_line(award: Award, authors: Sequence[dict[str, Any]]) -> dict[str, Any]:
    parts = zip(authors, award.split)  # noqa: B905
    return {
        "line": "award",
        **award._asdict(),
        "score": None if award.score is None else f"{award.score.numerator}/{award.score.denominator}",
        "shown": None if award.score is None else shown(award.score),
        "amount": yuan(award.amount),
        "paid": yuan(award.paid),
        "split": [{"number": author["number"], "amount": yuan(part)} for author, part in parts],
    }


def totals_line(awards: Sequence[Award]) -> dict[str, Any]:
    return {
        "line": "totals",
        "candidates": len(awards),
        "ranked": sum(award.rank is not None for award in awards),
        "graded": sum(award.grade is not None for award in awards),
        "amount": yuan(sum(award.amount for award in awards)),
        "paid": yuan(sum(award.paid for award in awards)),
        "waits": [award.case for award in awards if award.why == "waits"],
        "void": [award.case for award in awards if award.why == "void"],
    }


# What a line may hold: exactly these fields. A pattern is text that fits, a tuple holds alternatives.

TEXT = re.compile(r"[^\ud800-\udfff]*")
NAME = re.compile(r"[^\ud800-\udfff]+")
CODE = re.compile(r"[^\s|\ud800-\udfff]+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
AMOUNT = re.compile(r"(0|[1-9]\d{0,11})\.\d\d", re.ASCII)
BENEFIT = re.compile(r"-?(0|[1-9]\d{0,11})\.\d\d", re.ASCII)
SCORE = re.compile(r"(0|[1-9]\d{0,2})(\.\d{1,20})?", re.ASCII)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
HEX = re.compile(r"[0-9a-f]{64}")

HEADER = {
    "line": "round", "format": FORMAT, "subject": CODE, "workshop": {"code": NAME, "name": TEXT}, "month": MONTH,
    "opened_at": MOMENT, "judges": [NAME], "ceiling": (None, AMOUNT), "above_ceiling": ("scale", "wait"),
    "rules": {"version": int, "quorum": int, "criteria": [{"code": NAME, "name": TEXT, "weight": int}],
              "grades": [{"name": NAME, "minimum": SCORE, "places": (None, int), "amount": AMOUNT}]},
}  # fmt: skip
CANDIDATE = {
    "line": "candidate", "case": CODE, "title": TEXT, "level": NAME, "filed_at": MOMENT,
    "verified_benefit": (None, BENEFIT), "standing": ("in", "out", "withdrawn", "void"), "reason": TEXT,
    "authors": [{"number": NAME, "name": TEXT, "unit": TEXT, "share": int}],
    "marks": dict, "recused": [NAME],
}  # fmt: skip
ENTRY = {"seq": int, "event": CODE, "at": MOMENT, "payload_digest": HEX, "prev": HEX, "digest": HEX,
         "payload": ("withheld", {"salt": re.compile("[0-9a-f]{32}"), "body": TEXT})}  # fmt: skip
CHAIN = {"subject": CODE, "length": int, "head": HEX, "entries": list}


class Wrong(ValueError):
    """Its text is the path of the first field that is not what the format allows."""


def fit(value: Any, spec: Any, path: str = "") -> None:
    """Raises Wrong. What is not checked could be changed: unknown fields are refused, too."""
    if isinstance(spec, dict) and type(value) is dict:
        for name in sorted(spec.keys() | value.keys()):
            if name not in spec or name not in value:
                raise Wrong(f"{path}.{name}".lstrip("."))
            fit(value[name], spec[name], f"{path}.{name}".lstrip("."))
    elif isinstance(spec, list) and type(value) is list:
        for place, item in enumerate(value, 1):
            fit(item, spec[0], f"{path}[{place}]")
    elif isinstance(spec, tuple):
        _fit_one(value, spec, path)
    elif not _plain_fit(value, spec):
        raise Wrong(path)


def _fit_one(value: Any, specs: tuple[Any, ...], path: str) -> None:
    """The last alternative names the field, as it is the one that has fields."""
    if not any(_plain_fit(value, spec) for spec in specs[:-1]):
        fit(value, specs[-1], path)


def _plain_fit(value: Any, spec: Any) -> bool:
    if isinstance(spec, re.Pattern):
        return type(value) is str and spec.fullmatch(value) is not None
    if spec is int:
        return type(value) is int and 0 <= value < 2**63
    return type(value) is spec if isinstance(spec, type) else type(value) is type(spec) and value == spec


def check_header(header: Any) -> None:
    """Raises Wrong where it is not a round that can be reckoned."""
    fit(header, HEADER)
    rules = header["rules"]
    _unlike("judges", header["judges"])
    _unlike("rules.criteria", [criterion["code"] for criterion in rules["criteria"]])
    _unlike("rules.grades", [row["name"] for row in rules["grades"]])
    if not sum(criterion["weight"] for criterion in rules["criteria"]):
        raise Wrong("rules.criteria")
    if rules["quorum"] < 1:
        raise Wrong("rules.quorum")
    try:
        grade([], grades_of(header))
    except ValueError:
        raise Wrong("rules.grades")


def check_candidate(candidate: Any, header: dict[str, Any], before: dict[str, Any] | None = None) -> None:
    """Raises Wrong. `before`: the candidate on the line before, whose case number is lower."""
    fit(candidate, CANDIDATE)
    if before and case_order(candidate["case"]) <= case_order(before["case"]):
        raise Wrong("case")
    _unlike("authors", [author["number"] for author in candidate["authors"]])
    if not candidate["authors"] or not all(shares_of(candidate)):
        raise Wrong("authors")
    judges, codes = set(header["judges"]), {criterion["code"] for criterion in header["rules"]["criteria"]}
    _unlike("recused", candidate["recused"])
    if not judges.issuperset(candidate["recused"]):
        raise Wrong("recused")
    for judge, given in candidate["marks"].items():
        _check_marks(given, codes, f"marks.{judge}", judge in judges and judge not in candidate["recused"])


def _check_marks(given: Any, codes: set[str], path: str, may_mark: bool) -> None:
    if not may_mark or type(given) is not dict or given.keys() != codes:
        raise Wrong(path)
    for code, s in given.items():
        if type(s) is not int or not 0 <= s <= 100:
            raise Wrong(f"{path}.{code}")


def _unlike(path: str, names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        raise Wrong(path)


# Comparing. What differs is found by two ways: a line is not the one that was confirmed, or not what is reckoned.


class Foreign(Exception):
    """The file is not one of ours, or cannot be read: a code of WORDS and what else is to be said."""


class Differs(Exception):
    """`where`: a line number of round.jsonl, or a place in ledger.json."""

    def __init__(self, where: Any, code: str, *facts: tuple[str, str]) -> None:
        super().__init__(where, code)
        self.where, self.code, self.facts = where, code, facts


class Anchor(NamedTuple):
    subject: str
    seq: int
    digest: str
    lines: list[str] | None  # None: withheld from this export


class Round(NamedTuple):
    header: dict[str, Any]
    candidates: list[dict[str, Any]]
    results: list[dict[str, Any]]


def digest_of(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def lines_of(text: bytes) -> list[bytes]:
    """Without their line ends; none stands after the last line end."""
    lines = text.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def compared(lines: Sequence[bytes], anchor: Anchor | None) -> Round:
    """The round, reckoned anew. Raises Differs for the first line that differs."""
    confirmed = _not_confirmed(lines, anchor.lines) if anchor and anchor.lines is not None else None
    try:
        found = recomputed(lines)
    except Differs as reckoned_otherwise:
        if not confirmed or reckoned_otherwise.where < confirmed.where:
            raise
        if reckoned_otherwise.where == confirmed.where:
            field = dict(reckoned_otherwise.facts)  # says more than the whole line does
            confirmed.facts = tuple({**field, **dict(confirmed.facts), **field}.items())
    if confirmed:
        raise confirmed
    return found


def _not_confirmed(lines: Sequence[bytes], digests: Sequence[str]) -> Differs | None:
    found = [digest_of(line) for line in lines]
    confirmed_as = {digest: number for number, digest in enumerate(digests, 1)}
    for number in range(1, max(len(found), len(digests)) + 1):
        is_here, was = found[number - 1 : number], digests[number - 1 : number]
        if is_here != was:
            code = "missing" if not is_here else "added" if not was else "unconfirmed"
            facts = [("says", legible(lines[number - 1])), ("digest", found[number - 1])] if is_here else []
            if is_here and found[number - 1] in confirmed_as:
                facts.append(("belongs", str(confirmed_as[found[number - 1]])))
            return Differs(number, code, *facts, ("confirmed", (was or ["–"])[0]))
    return None


def recomputed(lines: Sequence[bytes]) -> Round:
    """The round that these lines are. Raises Differs for the first that is not what the lines before it give."""
    first = lines[0] if lines else b""
    header = _checked(1, first, parsed(first), check_header)
    candidates: list[dict[str, Any]] = []
    for number, line in enumerate(lines[1:], 2):
        record = parsed(line)
        if not is_a("candidate", record):
            break
        before = candidates[-1] if candidates else None
        candidates.append(_checked(number, line, record, check_candidate, header, before))
    expected = results(header, candidates)
    for number, record in enumerate(expected, len(candidates) + 2):
        _same(lines, number, record)
    if len(lines) > len(candidates) + 1 + len(expected):
        number = len(candidates) + 2 + len(expected)
        raise Differs(number, "added", ("says", legible(lines[number - 1])), ("reckoned", "–"))
    return Round(header, candidates, expected)


def is_a(kind: str, record: Any) -> bool:
    return isinstance(record, dict) and record.get("line") == kind


def _checked(number: int, line: bytes, record: Any, check: Any, *given: Any) -> dict[str, Any]:
    try:
        if record is None or canonical(record).encode("utf-8", "surrogatepass") != line:
            raise Differs(number, "uncanonical", ("says", legible(line)))
        check(record, *given)
    except Wrong as wrong:
        raise Differs(number, "wrong", ("field", str(wrong)), ("says", legible(line)))
    return record  # type: ignore[no-any-return]


def _same(lines: Sequence[bytes], number: int, expected: dict[str, Any]) -> None:
    """Field by field, so that the first one that differs is named."""
    text = canonical(expected)
    if number > len(lines):
        raise Differs(number, "missing", ("reckoned", text))
    line = lines[number - 1]
    if line == text.encode("utf-8"):
        return
    found = parsed(line)
    for name in sorted(expected) if isinstance(found, dict) else ():
        if canonical(found.get(name, "–")) != canonical(expected[name]):
            facts = ("says", canonical(found.get(name, "–"))), ("reckoned", canonical(expected[name]))
            raise Differs(number, "otherwise", ("case", str(expected.get("case", "–"))), ("field", name), *facts)
    raise Differs(number, "otherwise", ("says", legible(line)), ("reckoned", text))


def _no(text: str) -> Any:
    raise ValueError(f"no such number here: {text}")


def parsed(text: bytes, broken: Any = _no) -> Any:
    """None for what is no JSON of ours: a field twice, a number that is not whole."""
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_object, parse_float=broken, parse_constant=broken)
    except (ValueError, RecursionError):
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is there twice")
    return dict(pairs)


# The ledger's part, as in docs/ledger-format.md. Signatures and checkpoints are verify.py's task, not this program's.


def anchored(ledger: bytes) -> Anchor | None:
    """The newest entry that confirms the round. None: there is none. Raises Differs, Foreign."""
    content = parsed(ledger, float)  # which fits no field of an entry, and so the entry is named
    if not isinstance(content, dict) or content.get("format") != LEDGER or type(content.get("chains")) is not list:
        raise Foreign("no_ledger")
    found = None
    for chain in content["chains"]:
        for entry in check_chain(chain):
            if entry["event"] == CONFIRMED:
                found = _anchor(chain["subject"], entry)
    return found


def _anchor(subject: str, entry: dict[str, Any]) -> Anchor:
    if entry["payload"] == "withheld":
        return Anchor(subject, entry["seq"], entry["digest"], None)
    body = parsed(entry["payload"]["body"].encode("utf-8"))
    try:
        fit(body["lines"] if isinstance(body, dict) else None, [HEX])
    except (Wrong, KeyError):
        raise Differs((subject, entry["seq"]), "wrong", ("field", "payload.body"))
    return Anchor(subject, entry["seq"], entry["digest"], body["lines"])


def check_chain(chain: Any) -> list[dict[str, Any]]:
    """Its entries. Raises Differs for the first that does not hold."""
    subject = str(chain.get("subject")) if isinstance(chain, dict) else "?"
    try:
        fit(chain, CHAIN)
    except Wrong as wrong:
        raise Differs((subject, 0), "wrong", ("field", str(wrong)))
    before = "0" * 64
    for seq, entry in enumerate(chain["entries"], 1):
        _check_entry(subject, seq, entry, before)
        before = entry["digest"]
    if (chain["length"], chain["head"]) != (len(chain["entries"]), before):
        raise Differs((subject, len(chain["entries"])), "chain_end")
    return chain["entries"]  # type: ignore[no-any-return]


def _check_entry(subject: str, seq: int, e: Any, before: str) -> None:
    try:
        fit(e, ENTRY)
    except Wrong as wrong:
        raise Differs((subject, seq), "wrong", ("field", str(wrong)))
    parts = (subject, seq, e["event"], e["at"], e["payload_digest"], e["prev"])
    if e["digest"] != digest_of("|".join(map(str, parts)).encode()) or e["seq"] != seq or e["prev"] != before:
        raise Differs((subject, seq), "entry")
    if e["payload"] != "withheld":
        committed = digest_of(f"{e['payload']['salt']}|{e['payload']['body']}".encode())
        if e["payload_digest"] != committed:
            raise Differs((subject, seq), "payload")


def opened(path: str) -> tuple[list[bytes], bytes | None]:
    """The lines and the ledger's export; None for a round.jsonl alone. Raises Foreign."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                if len(set(archive.namelist())) != len(archive.namelist()):
                    raise Foreign("foreign")
                return lines_of(archive.read("round.jsonl")), archive.read("ledger.json")
        with open(path, "rb") as file:
            lines = lines_of(file.read())
    except OSError:
        raise Foreign("unopened")
    except (KeyError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        raise Foreign("foreign")
    if not (lines and is_a("round", parsed(lines[0]))):
        raise Foreign("foreign")
    return lines, None


# What is said.

WORDS = {
    "agrees": ("相符：{lines} 行，逐行复算一致", "agrees: {lines} lines, each reckoned anew and the same"),
    "anchored": (
        "台账 {subject} 第 {seq} 条确认的就是这些行，摘要 {digest}。签名另验：python3 verify.py ledger.json --key 指纹",
        "confirmed, these very lines, by entry {seq} of {subject}, digest {digest}. "
        "Its signature: python3 verify.py ledger.json --key FINGERPRINT",
    ),
    "not_anchored": (
        "未锚定：没有台账的确认，只能说这份文件自己算得通",
        "not anchored: no ledger entry confirms it, so the file only agrees with itself",
    ),
    "withheld": (
        "没能核对：台账 {subject} 第 {seq} 条的确认未在这份文件里给出内容",
        "could not be checked: entry {seq} of {subject}, which confirms it, is withheld from this file",
    ),
    "foreign": ("这不是评奖导出的文件，或已损坏", "this is not an award round's file, or it is damaged"),
    "unopened": ("文件打不开", "the file cannot be opened"),
    "no_ledger": ("压缩包里的 ledger.json 不是台账的导出", "ledger.json in the zip is not an export of the ledger"),
    "line": ("不符：第 {} 行", "differs: line {}"),
    "ledger_entry": ("不符：ledger.json，{} 第 {} 条", "differs: ledger.json, {} entry {}"),
    "unconfirmed": ("不是确认时的那一行", "it is not the line that was confirmed"),
    "missing": ("缺这一行", "this line is missing"),
    "added": ("多出这一行", "this line is one too many"),
    "uncanonical": ("不是规范写法的 JSON", "it is not canonical JSON"),
    "wrong": ("有一栏不是格式所允许的", "it has a field that the format does not allow"),
    "otherwise": ("与复算的不同", "it is not what is reckoned"),
    "entry": ("各栏算不出它的摘要，或没有接在上一条之后",
              "its fields do not give its digest, or it does not follow the one before"),
    "payload": ("内容与当时的承诺不符", "its payload is not what was committed to"),
    "chain_end": ("链的长度或末条与所写的不同", "the chain's length or head is not what it says"),
    "case": ("案号", "case"), "field": ("栏", "field"), "says": ("写着", "says"), "reckoned": ("复算", "reckoned"),
    "belongs": ("确认时的行号", "was confirmed as line"), "digest": ("摘要", "digest"),
    "note": ("{}：{}", "{}: {}"), "confirmed": ("确认时", "confirmed"),
    "head": ("名次 案号 得分 等级 金额 发放 说明 题目", "rank case score grade amount paid note title"),
    "totals": ("合计：{ranked} 项有名次，{graded} 项有等级，金额 {amount}，发放 {paid}",
               "total: {ranked} ranked, {graded} with a grade, amount {amount}, paid {paid}"),
    "out": ("不参评", "not taking part"), "withdrawn": ("已撤回", "withdrawn"), "no_marks": ("无人评分", "no marks"),
    "few_marks": ("评分不足法定人数", "marks below quorum"), "below": ("低于各等级分数", "below every grade"),
    "full": ("名额已满", "no place left"), "waits": ("超出预算，暂缓", "waits: over the budget"),
    "void": ("作废", "void"),
    "columns": ("名次 案号 题目 得分 等级 金额 发放 说明 工号 姓名 单位 份额 应发",
                "rank case title score grade amount paid note number name unit share sum"),
}  # fmt: skip


class Voice:
    def __init__(self, chinese: bool) -> None:
        self.place = 0 if chinese else 1

    def say(self, code: str, *given: Any, **named: Any) -> str:
        return WORDS[code][self.place].format(*given, **named)

    def note(self, row: dict[str, Any], candidate: dict[str, Any]) -> str:
        """Why it has no award, with the officer's published reason."""
        if row["why"] and candidate["reason"]:
            return self.say("note", self.say(row["why"]), candidate["reason"])
        return self.say(row["why"]) if row["why"] else ""

    def difference(self, found: Differs) -> list[str]:
        on_line = type(found.where) is int
        head = self.say("line", found.where) if on_line else self.say("ledger_entry", *found.where)
        return [
            f"{head} · {self.say(found.code)}",
            *("  " + self.say("note", self.say(name), told) for name, told in found.facts),
        ]

    def table(self, found: Round) -> list[str]:
        by_case = {c["case"]: c for c in found.candidates}
        rows = [self.say("head").split()]
        for row in found.results[:-1]:
            note, title = self.note(row, by_case[row["case"]]), by_case[row["case"]]["title"]
            cells = row["rank"], row["case"], row["shown"], row["grade"], row["amount"], row["paid"], note, title
            rows.append([legible(str("–" if cell is None else cell)) for cell in cells])
        header = found.header
        heading = f"{header['workshop']['code']} {header['workshop']['name']} · {header['month']}"
        return [legible(heading), *aligned(rows), self.say("totals", **found.results[-1])]

    def payees(self, found: Round) -> Iterable[list[Any]]:
        """A row for each author of each case, with what that author gets."""
        by_case = {c["case"]: c for c in found.candidates}
        yield self.say("columns").split()
        for row in found.results[:-1]:
            c = by_case[row["case"]]
            cells = [row["rank"], row["case"], c["title"], row["shown"], row["grade"], row["amount"], row["paid"]]
            for author, part in zip(c["authors"], row["split"]):  # noqa: B905
                person = [author["number"], author["name"], author["unit"], author["share"], part["amount"]]
                yield [harmless(cell) for cell in (*cells, self.note(row, c), *person)]


def legible(text: Any, longest: int = 400) -> str:
    """No control characters on anybody's terminal, and no endless lines."""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    text = "".join(letter if letter.isprintable() else "�" for letter in text[: longest + 1])
    return text if len(text) <= longest else f"{text[:longest]}…"


def harmless(cell: Any) -> Any:
    """A spreadsheet takes no text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(width_of, column)) for column in zip(*rows)]  # noqa: B905
    pairs = [list(zip(row, widths)) for row in rows]  # noqa: B905
    return ["  ".join(cell + " " * (width - width_of(cell)) for cell, width in row).rstrip() for row in pairs]


def width_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def speaks_chinese() -> bool:
    names = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    return name.lower().startswith(("zh", "chinese"))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="试金月度评奖复算 · Recomputes a monthly award round of Assay")
    parser.add_argument("file", help="导出的 round.zip 或 round.jsonl · the exported round.zip, or a round.jsonl")
    parser.add_argument("--csv", action="store_true", help="按作者列出 · a row for each author; the verdict on stderr")
    parser.add_argument("--en", action="store_true", help="English")
    parser.add_argument("--zh", action="store_true", help="中文")
    options = parser.parse_args(arguments)
    voice = Voice(options.zh or (not options.en and speaks_chinese()))
    return report(options.file, voice, options.csv)


def report(path: str, voice: Voice, as_csv: bool) -> int:
    verdict = sys.stderr if as_csv else sys.stdout
    try:
        lines, ledger = opened(path)
        anchor = None if ledger is None else anchored(ledger)
        found = compared(lines, anchor)
    except (Foreign, RecursionError) as foreign:
        code = str(foreign) if isinstance(foreign, Foreign) else "foreign"
        verdict.write(f"{legible(path)}: {voice.say(code)}\n")
        return 2
    except Differs as differs:
        verdict.write("\n".join(map(legible, voice.difference(differs))) + "\n")
        return 1
    if as_csv:
        if not sys.stdout.isatty():
            sys.stdout.write("\ufeff")  # spreadsheets take a file for UTF-8 by this
        csv.writer(sys.stdout, lineterminator="\n").writerows(voice.payees(found))
    else:
        sys.stdout.write("\n".join(voice.table(found)) + "\n")
    holds = "not_anchored" if anchor is None else "withheld" if anchor.lines is None else "anchored"
    told = voice.say(holds, **(anchor._asdict() if anchor else {}))
    verdict.write(f"{voice.say('agrees', lines=len(lines))}\n{told}\n")
    return 0 if holds == "anchored" or ledger is None else 2


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())

#!/usr/bin/env python3
"""试金抽签复现 · Repeats the draws of a lot of Assay from its published record alone: jobs first, then who checks them.

    python3 redraw.py record.json

One file, standard library only; needs neither the product nor a network. The product draws with the functions below
and with no others. docs/draw.md describes the record. Exit code: 0 everything holds; 1 something does not, and what;
3 what is published holds, and something is still withheld, and until when.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from math import ceil
from typing import Any

FORMS = ("site", "records")
PARTIES = ("contractor", "workshop", "union")
BY_RANK = ("drawn", "all")  # the other reasons are extras, checked on top
HOLDS, DIFFERS, WITHHELD = 0, 1, 3


# ---------------------------------------------------------------- what the product draws with
def digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()


def frame_digest(numbers: Iterable[str]) -> str:
    """Of job numbers, or of staff numbers: sorted by code point, each followed by one line feed."""
    return digest("".join(f"{number}\n" for number in sorted(numbers)))


def commitment(lot: str, round: int, party: str, nonce: str) -> str:
    return digest(f"{lot}|{round}|{party}|{nonce}")


def strata_commitment(lot: str, tier: int, salt: str, strata: Sequence[Mapping[str, Any]]) -> str:
    """Of what an upper tier drew from: which jobs passed below, and which did not, is told only when nobody checks them
    any more. JSON with sorted keys and no spaces, in real characters."""
    text = json.dumps(strata, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return digest(f"{lot}|{tier}|{salt}|{text}")


def seed_of(frame: str, nonces: Sequence[str]) -> str:
    """The tier's nonces in the order contractor, workshop, union."""
    return digest("|".join([frame, *nonces]))


def ranked(seed: str, numbers: Iterable[str]) -> list[str]:
    return sorted(numbers, key=lambda number: digest(f"{seed}|{number}"))


def draw_jobs(seed: str, numbers: Iterable[str], size: int, skipped: Collection[str] = ()) -> list[str]:
    """The first so many that are not withdrawn."""
    return [number for number in ranked(seed, numbers) if number not in skipped][:size]


def draw_strata(seed: str, strata: Iterable[tuple[Iterable[str], int]], skipped: Collection[str] = ()) -> list[str]:
    """So many of each stratum, then all of them by rank."""
    return ranked(seed, [one for numbers, size in strata for one in draw_jobs(seed, numbers, size, skipped)])


def inspector_seed(seed: str, nonce: str) -> str:
    return digest(f"{seed}|{nonce}")


def staff_ranking(iseed: str, number: str, form: str, staff: Iterable[str]) -> list[str]:
    return sorted(staff, key=lambda who: digest(f"{iseed}|{number}|{form}|{who}"))


def draw_inspectors(
    iseed: str, numbers: Sequence[str], staff: Collection[str], barred: Mapping[str, Collection[str]] | None = None
) -> dict[str, dict[str, str | None]]:
    """Job → form → staff number, job by job in the order given; None where nobody is left.

    Site takes the first, records the first other person. Passed over is who may not check that job, and who already has
    ⌈2n ÷ eligible⌉ + 1 forms of this draw.
    """
    most = ceil(2 * len(numbers) / len(staff)) + 1 if staff else 0
    taken: dict[str | None, int] = {}
    drawn: dict[str, dict[str, str | None]] = {}
    for number in numbers:
        drawn[number] = {}
        for form in FORMS:
            out = {*(barred or {}).get(number, ()), *drawn[number].values()}
            order = staff_ranking(iseed, number, form, [who for who in staff if who not in out])
            who = next((who for who in order if taken.get(who, 0) < most), None)
            drawn[number][form] = who
            taken[who] = taken.get(who, 0) + 1
    return drawn


# ---------------------------------------------------------------- what holds of a published record
def problems(record: Mapping[str, Any]) -> list[str]:
    """What of the record does not hold. Empty: every draw of it is repeated."""
    frame = [job["number"] for job in record["jobs"]]
    found = [] if frame_digest(frame) == record["frame_digest"] else ["the frame's digest"]
    shown: dict[tuple[int, int, str], str] = {}
    for one in record["nonces"]:
        if one["nonce"]:
            shown[one["round"], one["tier"], one["party"]] = one["nonce"]
            if commitment(record["lot"], one["round"], one["party"], one["nonce"]) != one["commitment"]:
                found.append(f"the nonce of {one['party']}, round {one['round']}, tier {one['tier']}")
    for draw in record["draws"]:
        found += [f"tier {draw['tier']}: {what}" for what in problems_of(record, draw, shown)]
    return found


def problems_of(record: Mapping[str, Any], draw: Mapping[str, Any], shown: Mapping[Any, str]) -> list[str]:
    found = []
    if draw["seed"]:
        nonces = [shown.get((draw["round"], draw["tier"], party), "?") for party in PARTIES]
        if seed_of(record["frame_digest"], nonces) != draw["seed"]:
            found.append("the seed")
    found += problems_of_jobs(record, draw)
    if frame_digest(draw["staff"]) != draw["staff_digest"]:
        found.append("the digest of those eligible")
    frozen = record["eligible_digests"].get(str(draw["tier"]))
    if frozen and not draw["borrowed"] and draw["staff_digest"] != frozen:
        found.append("those eligible are not those that were frozen")
    lead = shown.get((draw["round"], draw["tier"], "lead"))
    if lead:
        again = inspectors_again(record, draw, lead)
        found += [f"who checks {job['number']}" for job in draw["jobs"] if job["inspectors"] != again[job["number"]]]
        found += replacements_that_differ(record, draw, lead)
    return found


def problems_of_jobs(record: Mapping[str, Any], draw: Mapping[str, Any]) -> list[str]:
    """As far as it is told which jobs were drawn from, and why each is checked."""
    found = []
    numbers = [job["number"] for job in draw["jobs"]]
    if not {*numbers} <= {job["number"] for job in record["jobs"] if not job["withdrawn"]}:
        found.append("a job that is not in the frame, or was withdrawn")
    if draw["from"] is None and is_to_be_told(record, draw):
        found.append("what it drew from is withheld although its time has come")
    if not all("why" in job for job in draw["jobs"]):
        if draw["tier"] == 1 or draw["sealed_at"]:
            found.append("why its jobs are checked is withheld although its time has come")
        return found if numbers == sorted(numbers) else [*found, "the jobs are not in order"]
    by_rank = [job["number"] for job in draw["jobs"] if job["why"] in BY_RANK]
    if draw["from"] is None:
        again = ranked(draw["seed"], by_rank) if draw["seed"] else sorted(by_rank)
    else:
        again = jobs_again(record, draw)
        if draw["tier"] > 1 and not keeps_its_commitment(record, draw):
            found.append("what it drew from is not what was committed")
    if again != by_rank or len(by_rank) != draw["size"]:
        found.append("the jobs")
    undrawn = [job["number"] for job in draw["jobs"] if job["why"] == "undrawn"]
    if draw["seed"] and draw_jobs(draw["seed"], draw["never_drawn"], 1) != undrawn:
        found.append("the one never drawn")
    return found


def is_to_be_told(record: Mapping[str, Any], draw: Mapping[str, Any]) -> bool:
    """Nobody checks for an upper tier any more: the lot is decided, or that tier's last record is sealed. What the
    teams drew from is never withheld."""
    last = [one for one in record["draws"] if one["tier"] == draw.get("told_with") and one["sealed_at"]]
    return draw["tier"] == 1 or bool(last) or bool(record["decision"])


def keeps_its_commitment(record: Mapping[str, Any], draw: Mapping[str, Any]) -> bool:
    again = strata_commitment(record["lot"], draw["tier"], draw.get("strata_salt", ""), draw["from"])
    return again == str(draw.get("strata_commitment"))


def withheld(record: Mapping[str, Any]) -> list[str]:
    """What cannot be repeated yet, and until when."""
    return [
        f"tier {draw['tier']}: which jobs it drew from is withheld until the last record of "
        f"tier {draw.get('told_with')} is sealed"
        for draw in record["draws"]
        if draw["from"] is None
    ]


def jobs_again(record: Mapping[str, Any], draw: Mapping[str, Any]) -> list[str]:
    """Without a seed, a party having withheld, every job is checked, by number."""
    withdrawn = {job["number"] for job in record["jobs"] if job["withdrawn"]}
    frame = [job["number"] for job in record["jobs"]]
    strata = [(stratum.get("numbers", frame), stratum["size"]) for stratum in draw["from"]]
    if draw["seed"]:
        return draw_strata(draw["seed"], strata, withdrawn)
    return sorted(number for numbers, _size in strata for number in numbers if number not in withdrawn)


def inspectors_again(record: Mapping[str, Any], draw: Mapping[str, Any], lead: str) -> dict[str, dict[str, str | None]]:
    iseed = inspector_seed(draw["seed"] or record["frame_digest"], lead)
    return draw_inspectors(iseed, [job["number"] for job in draw["jobs"]], draw["staff"], draw["barred"])


def replacements_that_differ(record: Mapping[str, Any], draw: Mapping[str, Any], lead: str) -> list[str]:
    """Whoever came in later is the next of the same ranking: over each before them it stands why. Those who were seated
    on the job are known from the record; who may not check it, and who had enough to do, is the record's word."""
    iseed = inspector_seed(draw["seed"] or record["frame_digest"], lead)
    found = []
    for job in draw["jobs"]:
        had = set(job["inspectors"].values())
        for one in job.get("replaced", ()):
            among, over = one.get("among", ()), one.get("over", {})
            order = staff_ranking(iseed, job["number"], one["form"], among)
            before = order[: order.index(one["to"])] if one["to"] in order else None
            known = {*draw["staff"], *draw["borrowed"]}
            seated = {who for who, why in over.items() if why == "seated"}
            right = before is not None and {*before} == {*over} and len(before) + 1 == one["place"]
            if not right or not {*among} <= known or seated != had & {*(before or ())} or one["to"] in had:
                found.append(f"who came in for {job['number']}, {one['form']}")
            had.add(one["to"])
    return found


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        record = json.load(file)
    found, waits = problems(record), withheld(record)
    said = [f"tier {draw['tier']}: {' '.join(job['number'] for job in draw['jobs'])}" for draw in record["draws"]]
    said += [f"WITHHELD: {what}" for what in waits]
    good = (
        "What is published holds; the rest can be repeated later."
        if waits
        else "Everything holds: the draws are repeated."
    )
    said += [f"DOES NOT HOLD: {what}" for what in found] or [good]
    sys.stdout.write("\n".join(said) + "\n")
    return DIFFERS if found else WITHHELD if waits else HOLDS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

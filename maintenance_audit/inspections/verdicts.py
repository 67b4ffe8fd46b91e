"""What several sights of a claim come to, and what a job's rulings come to. No queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from maintenance_audit.inspections.models.record import Verdict
from maintenance_audit.lots.models import Result
from maintenance_audit.register.models import Severity

if TYPE_CHECKING:
    from maintenance_audit.inspections.models import Found, Ruling
    from maintenance_audit.jobs.models import Claim

GRAVE = (Severity.MAJOR, Severity.CRITICAL)


def same(sights: Sequence[Found]) -> bool:
    """Do they say the same? Two who find it nonconforming must find it equally grave, for what follows depends on it.
    What only one form can see stands as it was seen."""
    return len({(one.verdict, one.severity, one.nature) for one in sights}) == 1


def changes(sights: Sequence[Found], below: Ruling | None) -> bool:
    """Would an upper tier's agreed finding change what stands from below? Then somebody says why."""
    if below is None:
        return False
    return (sights[0].verdict, sights[0].severity) != (below.verdict, below.severity)


def severity_of(ruling: Ruling) -> str:
    """How grave a ruling is: as it was found, else as the claim is; nothing where it conforms."""
    if ruling.verdict == Verdict.CONFORMING:
        return ""
    return ruling.severity or ruling.claim.severity


def result_of(rulings: Iterable[Ruling]) -> tuple[Result, bool]:
    """The job's result and whether anything critical was found. Nonconforming or not to be verified, at major or above,
    makes the job nonconforming; only what was found nonconforming is critical."""
    bad, critical = False, False
    for ruling in rulings:
        grave = severity_of(ruling)
        bad = bad or grave in GRAVE
        critical = critical or (ruling.verdict == Verdict.NONCONFORMING and grave == Severity.CRITICAL)
    return (Result.NONCONFORMING if bad else Result.CONFORMING), critical


def told_by(claim: Claim, sights: Sequence[Found]) -> dict[str, Any]:
    """What a ruling takes over from sights that agree: the first measured value stands."""
    first = sights[0]
    value = next((one.value for one in sights if one.value is not None), None)
    return {
        "claim": claim,
        "verdict": first.verdict,
        "severity": first.severity,
        "nature": first.nature,
        "value": value,
    }


def standing(rulings: Iterable[Ruling], tiers: Mapping[int, int]) -> dict[int, Ruling]:
    """Of each claim the ruling of the highest tier. `tiers`: drawn job → tier."""
    found: dict[int, Ruling] = {}
    for ruling in sorted(rulings, key=lambda one: tiers[one.drawn_job_id]):
        found[ruling.claim_id] = ruling
    return found

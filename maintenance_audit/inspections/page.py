"""What the case pages of inspections and adjudications show, to whoever may read the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from maintenance_audit.inspections import comparing, typed_sheet, verdicts, wording
from maintenance_audit.inspections.models import (
    Adjudication,
    Checked,
    Found,
    Inspection,
    Nature,
    Photo,
    Ruling,
    Verdict,
)
from maintenance_audit.inspections.owning import RELATED
from maintenance_audit.jobs.models import Claim
from maintenance_audit.lots.models import Draw, DrawnJob
from maintenance_audit.register.models import Severity
from workflows.engine.models import Case
from workflows.ledger.models import Entry
from workflows.organisation.models import Person


@dataclass
class Sight:
    """A claim as one form found it."""

    found: Found
    photos: list[Photo] = field(default_factory=list)
    digest: str = ""
    who: Person | None = None  # checked: told once the tier's last record is sealed, before to themselves alone

    @property
    def look(self) -> str:
        return typed_sheet.LOOKS[Verdict(self.found.verdict)]

    @property
    def value(self) -> str:
        return wording.amount(self.found.value, self.found.claim.measure)

    @property
    def severity(self) -> Any:
        return Severity(self.found.severity).label if self.found.severity else ""

    @property
    def nature(self) -> Any:
        return Nature(self.found.nature).label if self.found.nature else ""

    @property
    def subject(self) -> str:
        return f"case:{self.found.inspection.case_id}"

    @property
    def seq(self) -> int | None:
        return self.found.inspection.sealed_seq

    @property
    def clock_is_off(self) -> bool:
        return wording.is_off(self.found.reported_at, self.found.received_at)


@dataclass
class Line:
    """A claim with what each form found and what stands of it."""

    claim: Claim
    sights: list[Sight]
    ruling: Ruling | None = None
    below: Ruling | None = None

    @property
    def claimed(self) -> str:
        return wording.claimed(self.claim)

    @property
    def leeway(self) -> str:
        return wording.leeway(self.claim)

    @property
    def differs(self) -> bool:
        return not verdicts.same([sight.found for sight in self.sights]) if self.sights else True

    @property
    def stands(self) -> dict[str, str]:
        """The ruling as a chip."""
        assert self.ruling is not None
        verdict = Verdict(self.ruling.verdict)
        return {"state": typed_sheet.LOOKS[verdict], "words": str(verdict.label)}


def lines_of(drawn_job: DrawnJob, reader: Person) -> list[Line]:
    """Every claim of the job, side by side. As many statements for a hundred claims as for one."""
    sights = _with_photos(drawn_job, comparing.sights_of(drawn_job), reader)
    rulings = {one.claim_id: one for one in Ruling.objects.filter(drawn_job=drawn_job).select_related("ruled_by")}
    below = comparing.rulings_below(drawn_job)
    return [
        Line(claim, sights.get(claim.pk, []), rulings.get(claim.pk), below.get(claim.pk))
        for claim in comparing.claims_of(drawn_job)
    ]


def named_to(reader: Person, found: Found, draw: Draw) -> Person | None:
    who: Person = found.inspection.assignment.person
    return who if draw.sealed_at is not None or who.pk == reader.pk else None


def _with_photos(drawn_job: DrawnJob, seen: dict[int, list[Found]], reader: Person) -> dict[int, list[Sight]]:
    photos: dict[tuple[int, int | None], list[Photo]] = {}
    for photo in Photo.objects.filter(inspection__drawn_job=drawn_job).select_related("document").order_by("pk"):
        photos.setdefault((photo.inspection_id, photo.claim_id), []).append(photo)
    digests = _digests(comparing.records_of(drawn_job))
    told: dict[int, list[Sight]] = {}
    for claim, rows in seen.items():
        told[claim] = [
            Sight(
                row, photos.get((row.inspection_id, claim), []), digests.get(row.inspection_id, ""),
                named_to(reader, row, drawn_job.draw),
            )
            for row in rows
        ]  # fmt: skip
    return told


def _digests(records: Iterable[Inspection]) -> dict[int, str]:
    """Of the entries that were sealed."""
    wanted = {(f"case:{one.case_id}", one.sealed_seq): one.pk for one in records}
    subjects = {subject for subject, _seq in wanted}
    rows = Entry.objects.filter(chain__subject__in=subjects).values_list("chain__subject", "seq", "digest")
    return {wanted[(subject, seq)]: digest for subject, seq, digest in rows if (subject, seq) in wanted}


def content(case: Case, person: Person) -> dict[str, Any]:
    """Of one record: what it says once it is opened; before, its inspector is led to their own page."""
    row = Inspection.objects.select_related(*RELATED).get(case=case)
    if row.opened_at is None:
        return {"inspection": row, "mine": row.assignment.person_id == person.pk}
    found = Found.objects.filter(inspection=row).select_related("claim").order_by("claim__place")
    photos: dict[int | None, list[Photo]] = {}
    for photo in Photo.objects.filter(inspection=row).select_related("document").order_by("pk"):
        photos.setdefault(photo.claim_id, []).append(photo)
    return {
        "inspection": row,
        "lines": [
            Line(one.claim, [Sight(one, photos.get(one.claim_id, []), who=row.assignment.person)]) for one in found
        ],
        "other_photos": photos.get(None, []),
        "checked": Checked.objects.filter(inspection=row),
        "drawn_job": row.drawn_job,
    }


def ruled(case: Case, person: Person) -> dict[str, Any]:
    """Of an adjudication: both forms side by side, and what was ruled."""
    row = Adjudication.objects.select_related("drawn_job__draw__lot__case", "drawn_job__lot_job__job").get(case=case)
    return {"adjudication": row, "drawn_job": row.drawn_job, "lines": lines_of(row.drawn_job, person)}

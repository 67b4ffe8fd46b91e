"""What the two inspectors of each job of the earlier draws found: written set-based, a case and a sealed entry each, so
that agreement over past months has something to count. Where both forms see a claim they mostly say the same."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from config.demo.inspections import ELSE, REASONS, WRONG, less
from maintenance_audit.inspections import sheet
from maintenance_audit.inspections.models import Checked, Found, Inspection, Ruling, Verdict
from maintenance_audit.inspections.sealing import SEALED
from maintenance_audit.jobs.models import Claim
from maintenance_audit.lots.models import Assignment
from maintenance_audit.register.models import CheckItem, ClaimKind, Form, Seen
from workflows.engine.models import Case, CaseParty
from workflows.engine.opening import next_number, vector
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import injected
from workflows.organisation.models import Person

OPENED = "maintenance_audit.inspection.opened"
# Of a hundred false claims that both forms see so many are found by one of them only; of a thousand good ones so many
# are taken for bad by one. The audit lead rules both.
MISSED, MISTAKEN = 22, 6


@dataclass(frozen=True)
class Sight:
    """A claim as one form found it."""

    claim: Claim
    verdict: Verdict
    severity: str = ""
    nature: str = ""

    @property
    def value(self) -> Decimal | None:
        if self.verdict == Verdict.CANNOT_VERIFY or self.claim.value is None:
            return None
        return self.claim.value if self.verdict == Verdict.CONFORMING else less(self.claim)

    @property
    def note(self) -> str:
        if self.verdict == Verdict.CANNOT_VERIFY:
            return "中控趋势只留 14 天。"
        return WRONG.get(ClaimKind(self.claim.kind), ELSE)[0] if self.verdict == Verdict.NONCONFORMING else ""


class EarlierRecords:
    """`sight` each ruling before it is written; `write` the records once the seats are."""

    def __init__(self, chance: random.Random, lead: Person) -> None:
        self.chance, self.lead = chance, lead
        self.seen: dict[tuple[int, str], list[Sight]] = defaultdict(list)

    def sight(self, ruling: Ruling) -> None:
        """What each form that sees the claim says of it; where they differ, the ruling is the audit lead's."""
        claim, verdict = ruling.claim, Verdict(ruling.verdict)
        forms = [form for form in Form if claim.seen in (Seen.BOTH, form)]
        sights = dict.fromkeys(forms, Sight(claim, verdict, ruling.severity, ruling.nature))
        if len(forms) > 1 and self._differ(verdict):
            mistaken = Sight(claim, Verdict.NONCONFORMING, "minor")
            missed = Sight(claim, Verdict.CONFORMING)
            sights[self.chance.choice(forms)] = mistaken if verdict == Verdict.CONFORMING else missed
            ruling.agreed, ruling.ruled_by, ruling.reasons = False, self.lead, self.chance.choice(REASONS)
        for form, sight in sights.items():
            self.seen[ruling.drawn_job_id, form].append(sight)  # type: ignore[attr-defined]

    def _differ(self, verdict: Verdict) -> bool:
        if verdict == Verdict.NONCONFORMING:
            return self.chance.randrange(100) < MISSED
        return verdict == Verdict.CONFORMING and self.chance.randrange(1000) < MISTAKEN

    def write(self, seats: Sequence[Assignment]) -> None:
        people = Person.objects.in_bulk({seat.person_id for seat in seats})  # type: ignore[attr-defined]
        for seat in seats:
            seat.person = people[seat.person_id]  # type: ignore[attr-defined]
        cases = Case.objects.bulk_create([self._case(seat) for seat in seats], batch_size=1000)
        rows = [self._row(seat, case) for seat, case in zip(seats, cases, strict=True)]
        CaseParty.objects.bulk_create(
            CaseParty(case=row.case, person=row.assignment.person, relation="inspector") for row in rows
        )
        Inspection.objects.bulk_create(rows, batch_size=1000)
        asked = _asked()
        Found.objects.bulk_create((self._found(row, one) for row in rows for one in self._of(row)), batch_size=2000)
        Checked.objects.bulk_create(
            (
                Checked(inspection=row, place=item.place, text=item.text, passed=True)
                for row in rows for item in asked(row)
            ),
            batch_size=2000,
        )  # fmt: skip
        append_many(entry for row in rows for entry in self._entries(row, asked(row)))

    def _of(self, row: Inspection) -> list[Sight]:
        return self.seen[row.drawn_job_id, row.form]  # type: ignore[attr-defined]

    def _case(self, seat: Assignment) -> Case:
        lot, job = seat.drawn_job.draw.lot, seat.drawn_job.lot_job.job
        assert seat.sealed_at is not None
        title = f"{Form(seat.form).label}检查 {job.number} {job.title}"[:120]
        with injected(seat.assigned_at):
            number = next_number("JC")
        return Case(
            token=UUID(int=self.chance.getrandbits(128), version=4), number=number, kind="inspection", title=title,
            unit=lot.workshop, author=seat.person, rules=lot.case.rules, state="closed", standing="sealed",
            content_digest="0" * 64, filed_at=seat.assigned_at, moved_at=seat.sealed_at, closed_at=seat.sealed_at,
            imported=True, search=vector(f"{title} {job.equipment.tag}"),
        )  # fmt: skip

    def _row(self, seat: Assignment, case: Case) -> Inspection:
        assert seat.sealed_at is not None
        on_site = seat.form == Form.SITE
        return Inspection(
            case=case, assignment=seat, drawn_job=seat.drawn_job, form=seat.form, sealed_at=seat.sealed_at,
            sealed_seq=1, opened_at=seat.drawn_job.compared_at, tag_how="scan" if on_site else "",
            tag_seen_at=seat.sealed_at - timedelta(minutes=self.chance.randrange(160, 300)) if on_site else None,
        )  # fmt: skip

    def _found(self, row: Inspection, one: Sight) -> Found:
        assert row.sealed_at is not None
        return Found(
            inspection=row, claim=one.claim, verdict=one.verdict, value=one.value, note=one.note,
            severity=one.severity, nature=one.nature, received_at=row.sealed_at,
            reported_at=row.sealed_at - timedelta(minutes=self.chance.randrange(5, 150)),
        )  # fmt: skip

    def _entries(self, row: Inspection, asked: list[CheckItem]) -> Iterator[Happening]:
        """As they lie in the chain of one that was sealed here."""
        assert row.sealed_at is not None
        at = row.sealed_at.isoformat()
        answers: dict[str, dict[str, Any]] = {
            sheet.key_of(one.claim): {
                "verdict": one.verdict.value, "value": "" if one.value is None else str(one.value), "note": one.note,
                "severity": one.severity, "nature": one.nature, "received_at": at,
            }
            for one in self._of(row)
        }  # fmt: skip
        said = {
            "form": row.form, "job": row.drawn_job.lot_job.number, "inspector": row.assignment.person.employee_no,
            "claims": {sheet.key_of(one.claim): {"key": one.claim.key, "label": one.claim.label}
                       for one in self._of(row)},
            "checks": {f"check:{item.place}": item.text for item in asked}, "photos": [],
            "answers": answers | {f"check:{item.place}": {"passed": "yes", "received_at": at} for item in asked},
        }  # fmt: skip
        yield Happening(f"case:{row.case_id}", SEALED, said, row.sealed_at, sealed=True)  # type: ignore[attr-defined]
        yield Happening(f"case:{row.case_id}", OPENED, {"seq": 1}, row.opened_at)  # type: ignore[attr-defined]


def _asked() -> Any:
    """Of a record, the lines of its template's checklist that its form sees."""
    found: dict[int | None, list[CheckItem]] = defaultdict(list)
    for item in CheckItem.objects.order_by("template", "place"):
        found[item.template_id].append(item)  # type: ignore[attr-defined]

    def of(row: Inspection) -> list[CheckItem]:
        lines = found[row.drawn_job.lot_job.job.template_id]  # type: ignore[attr-defined]
        return [item for item in lines if item.seen in (Seen.BOTH, row.form)]

    return of

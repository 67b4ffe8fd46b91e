"""Evidence to take away: a lot, a case or a month, packed with the chains that prove it; who took it is on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from maintenance_audit.lots import redraw
from maintenance_audit.lots.models import Lot
from maintenance_audit.measures import records
from maintenance_audit.measures.models import Taken
from workflows.engine.models import Case
from workflows.ledger import package
from workflows.ledger.clock import now
from workflows.ledger.models import Entry
from workflows.ledger.subjects import About, Subject, register_events, register_subject, subject_for
from workflows.organisation.models import Person, Unit
from workflows.organisation.roles import paths_seen_by

PREFIX = "evidence"


@transaction.atomic
def of_case(person: Person, case: Case) -> package.Package:
    lot = Lot.objects.select_related("case__unit", "workshop", "contractor").filter(case=case).first()
    if lot is None:
        said: dict[str, Any] = {"case": records.of_case(case)}
        found = _take(person, f"{PREFIX}:case:{case.pk}", case.number, said, [f"case:{case.pk}"])
    else:
        said, chains = records.of_lot(lot, person), records.subjects_of_lot(lot, person)
        program = {"redraw.py": Path(redraw.__file__).read_bytes()}
        found = _take(person, f"{PREFIX}:case:{case.pk}", case.number, said, chains, program)
    what = Taken.What.LOT if lot else Taken.What.CASE
    _note(person, found, f"{PREFIX}:case:{case.pk}", what=what, case=case, unit=case.unit)
    return found


@transaction.atomic
def of_month(person: Person, unit: Unit, month: date) -> package.Package:
    behind, subject = records.month_behind(person, unit.path, month), f"{PREFIX}:month:{unit.pk}:{month:%Y-%m}"
    what = f"{unit.code} {month:%Y-%m}"
    found = _take(person, subject, what, records.of_month(behind), records.subjects_of_month(behind))
    _note(person, found, subject, what=Taken.What.MONTH, unit=unit, month=month)
    return found


def _take(
    person: Person, subject: str, what: str, said: dict[str, Any], chains: Iterable[str],
    files: dict[str, bytes] | None = None,
) -> package.Package:  # fmt: skip
    """Chains that this person may not read at all stay out; payloads that they may not open are withheld."""
    known: dict[str, Subject] = {}
    for chain in chains:
        try:
            known[chain] = subject_for(person, chain)
        except Http404:
            continue

    def readable(entry: Entry) -> bool:
        answering = known.get(entry.chain.subject)
        return answering is not None and answering.may_open(person, entry)

    return package.take(
        subject=subject, what=what, by=person.employee_no, records=said, subjects=known, readable=readable, files=files
    )


def _note(person: Person, found: package.Package, subject: str, **fields: Any) -> Taken:
    return Taken.objects.create(
        taken_by=person, taken_at=now(), digest=found.digest, subject=subject, ledger_seq=found.stamp.seq,
        entries=found.entries, withheld=found.withheld, **fields,
    )  # fmt: skip


def register() -> None:
    register_subject(PREFIX, may_read, about=about)
    register_events({package.EVENT: _("Evidence taken away")})


def may_read(person: Person, subject: str) -> bool:
    """Who may see what was taken may see that it was."""
    parts = subject.split(":")
    if parts[1:2] == ["case"]:
        return Case.objects.visible_to(person).filter(pk=_number(parts[-1])).exists()
    unit = Unit.objects.filter(pk=_number(parts[2])).first() if len(parts) == 4 else None
    return unit is not None and any(unit.path.startswith(path) for path in paths_seen_by(person))


def about(subject: str) -> About:
    taken = Taken.objects.filter(subject=subject).select_related("case", "unit").first()
    if taken is None:
        return About(subject)
    return About(str(taken.case) if taken.case else f"{taken.unit} {taken.month:%Y-%m}")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

"""Upload, look, confirm: the plant changes at the last step only, all of it or nothing."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import transaction

from workflows.ledger.clock import now
from workflows.organisation import first_password, people, record
from workflows.organisation.models import Person, Posting, RosterImport, UploadState
from workflows.organisation.roster import plan as plans
from workflows.organisation.roster import reading
from workflows.organisation.spreadsheets.plan import Stale


def upload(*, actor: Person, name: str, content: bytes) -> RosterImport:
    """Read the file and keep its rows for the preview. Raises Refused; changes nobody."""
    sheet = reading.read(content)
    return RosterImport.objects.create(
        uploader=actor, name=name[-255:], digest=hashlib.sha256(content).hexdigest(), uploaded_at=now(),
        rows=sheet.rows, faults=sheet.faults_as_json(), headers=sheet.headers, ignored=sheet.ignored,
    )  # fmt: skip


@transaction.atomic
def apply(*, actor: Person, upload: RosterImport, digest: str) -> tuple[plans.Plan, list[tuple[Person, str]]]:
    """Do what the plan with this digest says. Returns the plan and the new people with their first passwords.

    Raises Stale if people changed since the preview, Refused if the roster was applied or discarded before.
    """
    upload = RosterImport.objects.waiting_for(actor, upload.pk)
    plan = plans.compute(actor, upload, lock=True)
    if plan.digest != digest:
        raise Stale
    made = _make(actor, plan.new)
    for planned in plan.changed:
        _change(actor, planned)
    upload.state, upload.applied_at = UploadState.APPLIED, now()
    upload.save(update_fields=["state", "applied_at"])
    return plan, made


def _make(actor: Person, new: list[plans.Planned]) -> list[tuple[Person, str]]:
    """In bulk: two statements, and one ledger entry a person."""
    secrets = [first_password.draw() for _planned in new]
    made = Person.objects.bulk_create(
        Person(
            employee_no=planned.employee_no, unit=planned.unit, password=first_password.hashed(secret),
            must_change_password=True, **_fields(planned),
        )
        for planned, secret in zip(new, secrets, strict=True)
    )  # fmt: skip
    moment = now()
    Posting.objects.bulk_create(Posting(person=person, unit=person.unit, starts_at=moment) for person in made)
    for person in made:
        facts = {"employee_no": person.employee_no, "unit": person.unit_id, "by": "roster"}
        record.on_person(person, "person.created", actor=actor, **facts)
    return list(zip(made, secrets, strict=True))


def _change(actor: Person, planned: plans.Planned) -> None:
    assert planned.person is not None
    people.amend_person(actor=actor, person=planned.person, **_fields(planned))
    people.move_person(actor=actor, person=planned.person, unit=planned.unit)


def _fields(planned: plans.Planned) -> dict[str, Any]:
    fields: dict[str, Any] = dict(planned.values)
    if "joined_on" in fields:
        fields["joined_on"] = date.fromisoformat(fields["joined_on"])
    return fields

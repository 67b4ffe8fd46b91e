"""Upload, look, confirm: history comes in at the last step only, all of what the preview showed or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from innovation.history import plan as plans
from innovation.history.models import PastAuthor, PastAward, PastProblem, Upload
from innovation.history.plan import Plan, Planned
from innovation.history.sheets import reading
from innovation.proposals.models import Counter, Problem
from workflows.engine.opening import vector
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation import roles
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Role, Unit, UploadState
from workflows.organisation.spreadsheets.plan import Stale

CHUNK = 1000
IMPORTING = 0x68697374  # "hist"


def workshops_of(person: Person) -> list[Unit]:
    """Where the person is innovation officer."""
    held = [h.unit_id for h in roles.held_by(person) if h.role == Role.INNOVATION_OFFICER]
    return list(Unit.objects.filter(pk__in=held, kind="workshop").order_by("path"))


def upload(*, actor: Person, workshop: Unit, name: str, content: bytes) -> Upload:
    """Read the file and keep its rows for the preview. Raises Refused; brings nothing in."""
    _require_officer(actor, workshop)
    read = reading.read(content)
    return Upload.objects.create(
        workshop=workshop, uploader=actor, name=name[-255:], digest=hashlib.sha256(content).hexdigest(),
        uploaded_at=now(), content=read.as_json(),
    )  # fmt: skip


@transaction.atomic
def apply(*, actor: Person, upload: Upload, digest: str) -> Plan:
    """Do what the plan with this digest says. Two who confirm at once wait for each other at the workshop.

    Raises Stale if the plant changed since the preview, Refused if the file was dealt with before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORTING, upload.workshop_id])
    _require_officer(actor, upload.workshop)
    upload = Upload.objects.select_related("workshop").waiting_for(actor, upload.pk)
    plan = plans.compute(upload)
    if plan.digest != digest:
        raise Stale
    _write_problems(upload, plan.problems)
    _write_awards(upload, plan.awards)
    _finish(actor, upload, plan)
    return plan


def _require_officer(actor: Person, workshop: Unit) -> None:
    if not roles.holds(actor, Role.INNOVATION_OFFICER, workshop.path):
        raise Refused(_("Only the innovation officer of the workshop brings its history in."))


def _finish(actor: Person, upload: Upload, plan: Plan) -> None:
    upload.state, upload.applied_at = UploadState.APPLIED, now()
    upload.awards_made, upload.problems_made = len(plan.awards), len(plan.problems)
    upload.save(update_fields=["state", "applied_at", "awards_made", "problems_made"])
    counts = {"awards": len(plan.awards), "problems": len(plan.problems), "known": plan.known, "out": plan.unreadable}
    append(
        subject=f"unit:{upload.workshop_id}",
        event="history.imported",
        payload={"file": upload.digest, "by": actor.employee_no, **counts},
    )


def _write_problems(upload: Upload, planned: list[Planned]) -> None:
    if not planned:
        return
    moment, first = now(), Counter.take("problem", len(planned)) - len(planned) + 1
    made = Problem.objects.bulk_create(
        (
            Problem(
                number=f"NT-{first + nth:04d}", title=one.values["title"], unit=one.unit, raised_at=moment,
                description=one.values.get("description", ""), state=one.values.get("state") or "open", imported=True,
            )
            for nth, one in enumerate(planned)
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    PastProblem.objects.bulk_create(
        (
            PastProblem(
                workshop=upload.workshop, problem=problem, number=one.values["number"], upload=upload, row=one.row,
                key=one.key, digest=one.digest,
            )
            for problem, one in zip(made, planned, strict=True)
        ),
        batch_size=CHUNK,
    )  # fmt: skip


def _write_awards(upload: Upload, planned: list[Planned]) -> None:
    if not planned:
        return
    moment = now()
    made = PastAward.objects.bulk_create((_award(upload, one, moment) for one in planned), batch_size=CHUNK)
    pairs = list(zip(made, planned, strict=True))
    PastAuthor.objects.bulk_create((a for award, one in pairs for a in _authors(award, one)), batch_size=CHUNK)
    ids = _problem_ids(upload.workshop, planned)
    link = PastAward.problems.through
    link._default_manager.bulk_create(
        (
            link(pastaward_id=award.pk, problem_id=ids[number])
            for award, one in pairs
            for number in one.values.get("problems", ())
        ),
        batch_size=CHUNK,
        ignore_conflicts=True,
    )


def _award(upload: Upload, one: Planned, moment: datetime) -> PastAward:
    said = one.values
    return PastAward(
        workshop=upload.workshop, unit=one.unit, number=said.get("number", ""), title=said["title"],
        month=PastAward.month_of(said["month"]), grade=said["grade"], amount=_sum(said.get("amount")),
        saving=_sum(said.get("saving")), done=said.get("done", ""), proposal=one.proposal, upload=upload, row=one.row,
        key=one.key, digest=one.digest, received_at=moment, search=vector(f"{said['title']}\n{said.get('done', '')}"),
    )  # fmt: skip


def _sum(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _authors(award: PastAward, one: Planned) -> Iterable[PastAuthor]:
    for place, (name, number, share) in enumerate(one.values["authors"], 1):
        yield PastAuthor(
            award=award, place=place, name=name, employee_no=number, person=one.people.get(number), share=share
        )


def _problem_ids(workshop: Unit, planned: list[Planned]) -> dict[str, int]:
    """By the plant's number first, then by ours."""
    asked = {number for one in planned for number in one.values.get("problems", ())}
    ours = Problem.objects.filter(number__in=asked, unit__path__startswith=workshop.path)
    found = dict(ours.values_list("number", "pk"))
    theirs = PastProblem.objects.filter(workshop=workshop, number__in=asked)
    return found | dict(theirs.values_list("number", "problem_id"))

"""Jobs by API: the plant's own maintenance system sends them, once a number; and the register to send them by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import quote

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from maintenance_audit.jobs import arriving, listing
from maintenance_audit.jobs.arriving import Meanwhile, Outcome, Sent, Unfit
from maintenance_audit.jobs.models import Job
from maintenance_audit.register.models import Equipment, FailureCode
from workflows.engine.api.paging import cursor_of, read_cursor
from workflows.organisation.api import (
    REFUSALS,
    Amount,
    Cursor,
    Moment,
    Refusal,
    Refused,
    Short,
    Size,
    UnitRef,
    actor_of,
    plain_words,
)

router = Router(tags=["jobs"])
JobNumber = Annotated[str, StringConstraints(pattern=r"^[^|\n\x00]+$", max_length=40, strip_whitespace=True)]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=120, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=60, strip_whitespace=True)]
Sum = Annotated[Decimal, Field(max_digits=14, decimal_places=2)]
MOST = 500


class JobIn(Schema):
    number: JobNumber = Field(description="of the source; the same one again is the same job")
    title: Annotated[Words, StringConstraints(min_length=1)]
    tag: Code = Field(description="a tag of the register")
    scope: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=5000)] = ""
    section: Code = Field("", description="code; without it the tag's own section")
    failure_code: Code = Field("", description="a code of the register; empty or NA: none, and never a repeat")
    work_kind: Code = Field("", description="code")
    contractor: Code = Field("", description="code of the contractor's unit")
    state: Literal[
        "requested", "approved", "dispatched", "started", "completed", "accepted", "settled", "closed", "cancelled"
    ] = "requested"
    started_on: date | None = None
    completed_on: date | None = None
    accepted_on: date | None = Field(None, description="has to be there from `accepted` on")
    settled_on: date | None = None
    warranty_until: date | None = None
    hours: Annotated[Decimal, Field(max_digits=12, decimal_places=2, ge=0)] | None = None
    amount: Sum | None = Field(None, description="yuan: settled from `settled` on, before that the estimate")
    cancelled_why: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)] = ""
    people: dict[Literal["requester", "approver", "dispatcher", "supervisor", "acceptor", "settler"], Code] = Field(
        {}, description="employee numbers; none of them ever checks the job"
    )

    def sent(self) -> Sent:
        said = self.dict()
        none = said["failure_code"].casefold() == "na"
        return Sent(**said | {"failure_code": "" if none else said["failure_code"]})


class Sending(Schema):
    jobs: Annotated[list[JobIn], Field(min_length=1, max_length=MOST)]


class Arrived(Schema):
    number: str
    outcome: Literal["created", "known", "differs"] = Field(
        description="`differs`: the number is there with other words or people; nothing was written over"
    )
    url: str


class Arrivals(Schema):
    jobs: list[Arrived]


@router.post("/jobs", response={200: Arrivals, 201: Arrivals, REFUSALS: Refused}, operation_id="send_jobs")
def send_jobs(request: HttpRequest, body: Sending) -> Status[Arrivals]:
    """Send one job or up to 500, all or none: 201 where one is new, 200 where all were known.

    For maintenance planners. Jobs come in at the state that is said, received now.
    """
    try:
        found = arriving.take_in(actor=actor_of(request), sent=[one.sent() for one in body.jobs])
    except Unfit as unfit:
        raise Refusal(400, "invalid", unfit.message, field=f"jobs.{unfit.place}.{unfit.field}")
    except Meanwhile:
        raise Refusal(409, "busy", plain_words("busy"))
    created = any(one.outcome == "created" for one in found)
    return Status(201 if created else 200, Arrivals(jobs=[_arrived(one) for one in found]))


def _arrived(one: Outcome) -> Arrived:
    return Arrived(number=one.job.number, outcome=one.outcome, url=f"/jobs/{quote(one.job.number)}/")  # type: ignore[arg-type]


class JobRow(Schema):
    number: str
    title: str
    state: str
    state_label: str
    source: str
    section: UnitRef
    tag: str
    failure_code: str
    contractor: UnitRef | None
    accepted_on: date | None
    hours: Amount | None
    settled_amount: Amount | None
    repeats: str = Field(description="number of the job that it repeats")
    settlement_held: bool
    gate_evidenced: bool
    received_at: Moment


class JobPage(Schema):
    items: list[JobRow]
    next: str


def _row(job: Job) -> dict[str, Any]:
    return {
        "number": job.number, "title": job.title, "state": job.state, "state_label": str(job.get_state_display()),
        "source": job.source, "section": UnitRef.of(job.section), "tag": job.equipment.tag,
        "failure_code": job.failure_code.code if job.failure_code else "",
        "contractor": UnitRef.of(job.contractor) if job.contractor else None, "accepted_on": job.accepted_on,
        "hours": job.hours, "settled_amount": job.settled_amount,
        "repeats": job.repeats.number if job.repeats else "",
        "settlement_held": job.is_held, "gate_evidenced": job.gate_evidenced,  # type: ignore[attr-defined]
        "received_at": job.received_at,
    }  # fmt: skip


@router.get("/jobs", response={200: JobPage, REFUSALS: Refused}, operation_id="jobs")
def jobs(
    request: HttpRequest, text: Short = "", state: Short = "", month: Short = "", cursor: Cursor = "", size: Size = 50
) -> JobPage:
    """Jobs that I may see, received last first; a contractor's people see their own firm's. `month` of acceptance:
    2026-03."""
    asked = listing.Asked.of({"q": text, "state": state, "month": month})
    found = listing.jobs(actor_of(request), asked).select_related("repeats")
    rows = list(_behind(found, cursor)[: size + 1])
    shown = rows[:size]
    after = cursor_of(shown[-1].received_at, shown[-1].pk) if len(rows) > size else ""
    return JobPage(items=[JobRow(**_row(job)) for job in shown], next=after)


def _behind(found: QuerySet[Job], cursor: str) -> QuerySet[Job]:
    if not cursor:
        return found
    moment, pk = read_cursor(cursor)
    return found.filter(Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=pk))


class PartShown(Schema):
    part: str
    person: str = Field(description="employee number")


class JobShown(JobRow):
    scope: str
    work_kind: str
    case: str = Field(description="number of the case, where it is worked on here")
    started_at: Moment | None
    completed_at: Moment | None
    estimate: Amount | None
    warranty_until: date | None
    people: list[PartShown]


@router.get("/jobs/{path:number}", response={200: JobShown, REFUSALS: Refused}, operation_id="job")
def job(request: HttpRequest, number: str) -> JobShown:
    """One job; its course is at /cases/{case}."""
    person = actor_of(request)
    if "\x00" in number:
        raise Http404
    related = ("repeats", "work_kind", "case")
    found = listing.jobs(person, listing.Asked()).select_related(*related).filter(number=number).first()
    if found is None:
        raise Http404
    people = [PartShown(part=one.part, person=one.person.employee_no) for one in found.people.select_related("person")]
    more: dict[str, Any] = {
        "scope": found.scope, "work_kind": found.work_kind.code if found.work_kind else "",
        "case": found.case.number if found.case else "", "started_at": found.started_at,
        "completed_at": found.completed_at, "estimate": found.estimate, "warranty_until": found.warranty_until,
        "people": people if listing.inside(person) else [],
    }  # fmt: skip
    return JobShown(**_row(found), **more)


class EquipmentShown(Schema):
    tag: str
    name: str
    section: UnitRef
    place: str
    in_use: bool


class EquipmentPage(Schema):
    items: list[EquipmentShown]
    next: str


@router.get("/equipment", response={200: EquipmentPage, REFUSALS: Refused}, operation_id="equipment")
def equipment(request: HttpRequest, text: Short = "", after: Code = "", size: Size = 50) -> EquipmentPage:
    """The register's tags that I may see, by tag. `after`: the last one of the page before."""
    found = Equipment.objects.visible_to(actor_of(request)).select_related("unit").order_by("tag")
    if text:
        found = found.filter(Q(tag__icontains=text) | Q(name__icontains=text))
    rows = list(found.filter(tag__gt=after)[: size + 1])
    items = [
        EquipmentShown(tag=e.tag, name=e.name, section=UnitRef.of(e.unit), place=e.place, in_use=e.is_active)
        for e in rows[:size]
    ]
    return EquipmentPage(items=items, next=items[-1].tag if len(rows) > size else "")


class CodeShown(Schema):
    code: str
    name: str
    in_use: bool


@router.get("/failure-codes", response={200: list[CodeShown], REFUSALS: Refused}, operation_id="failure_codes")
def failure_codes(request: HttpRequest) -> list[CodeShown]:
    """All of them."""
    found = FailureCode.objects.visible_to(actor_of(request))
    return [CodeShown(code=row.code, name=row.name, in_use=row.is_active) for row in found]

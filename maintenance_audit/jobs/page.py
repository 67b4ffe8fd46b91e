"""What is shown of a job, to the plant's people and to its contractor's; and what other apps put beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maintenance_audit.jobs import claims, withheld
from maintenance_audit.jobs.models import Claim, Job, JobPerson, JobState, SettlementHold
from workflows.documents.models import Document
from workflows.engine.models import Case
from workflows.organisation.models import Person, UnitKind

# The main stations of a job's life, and when each was reached.
LIFE: tuple[tuple[JobState, str], ...] = (
    (JobState.REQUESTED, "received_at"),
    (JobState.APPROVED, ""),
    (JobState.DISPATCHED, ""),
    (JobState.STARTED, "started_at"),
    (JobState.COMPLETED, "completed_at"),
    (JobState.ACCEPTED, "accepted_on"),
    (JobState.SETTLED, "settled_at"),
    (JobState.WARRANTY_OVER, "warranty_until"),
)
# The page of the case that holds a settlement; of another app, so by its name.
HELD_BY = {SettlementHold.Cause.LOT: "lot", SettlementHold.Cause.FINDING: "finding",
           SettlementHold.Cause.OVERDUE: "finding"}  # fmt: skip


@dataclass(frozen=True)
class Station:
    label: str
    state: str  # done, now, next, stopped
    at: Any = None


@dataclass(frozen=True)
class Panel:
    """What another app puts on a job's page: a template, and what it reads."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Beside = Callable[[Job, Person], Panel | None]
_panels: list[Beside] = []


def register_panel(panel: Beside) -> None:
    """`panel(job, person)`: what this app has to say of the job to this person, or None."""
    _panels.append(panel)


def panels(job: Job, person: Person) -> list[Panel]:
    found = (panel(job, person) for panel in _panels)
    return [panel for panel in found if panel is not None]


def life(job: Job) -> list[Station]:
    """Its stations in order; a cancelled job stops where it stood."""
    states = [state for state, _name in LIFE]
    here = states.index(JobState(job.state)) if job.state in states else _stopped_at(job)
    stations = []
    for n, (state, name) in enumerate(LIFE):
        at = getattr(job, name) if name and n <= here else None
        stations.append(Station(str(state.label), _look(job, n - here), at))
    return stations


def near(stations: list[Station]) -> list[Station]:
    """The five around where it stands, for a phone."""
    here = max((n for n, one in enumerate(stations) if one.state != "next"), default=0)
    first = min(max(0, here - 3), len(stations) - 5)
    return stations[first : first + 5]


def _look(job: Job, ahead: int) -> str:
    if ahead == 0:
        return {JobState.CANCELLED: "stopped", JobState.WARRANTY_OVER: "done"}.get(JobState(job.state), "now")
    return "done" if ahead < 0 else "next"


def _stopped_at(job: Job) -> int:
    return 3 if job.started_at else 2 if job.contractor_id else 0


def chip(job: Job) -> tuple[str, str]:
    """State and words of where it stands."""
    looks = {
        JobState.ACCEPTED: "accepted", JobState.SETTLED: "accepted", JobState.WARRANTY_OVER: "none",
        JobState.CANCELLED: "none", JobState.COMPLETED: "mine",
    }  # fmt: skip
    return looks.get(JobState(job.state), "waiting"), str(job.get_state_display())


def shown(job: Job, person: Person) -> dict[str, Any]:
    """The context of `jobs/_content.html`. A fixed number of statements."""
    inside = person.unit.at_level(UnitKind.CONTRACTOR) is None
    standing = list(Claim.objects.filter(job=job).standing().order_by("place"))
    papers = Document.objects.for_holder(f"case:{job.case_id}") if job.case_id else Document.objects.none()
    holds = SettlementHold.objects.filter(job=job).select_related("placed_by", "released_by")
    if withheld.is_withheld(job, person):
        holds = holds.filter(cause=SettlementHold.Cause.LOT)
    return {
        "job": job,
        "inside": inside,
        "claims": [{"claim": claim, "leeway": claims.leeway(claim)} for claim in standing],
        "holds": with_pages([hold for hold in holds if inside or hold.released_at is None], person),
        "people": JobPerson.objects.filter(job=job).select_related("person__unit").order_by("pk") if inside else [],
        "documents": papers,
        "corrections": list(job.corrections.select_related("corrected_by")),  # type: ignore[attr-defined]
        "repeated_by": list(job.repeated_by.order_by("accepted_on")) if inside else [],  # type: ignore[attr-defined]
    }


def with_pages(holds: Iterable[SettlementHold], person: Person) -> list[SettlementHold]:
    """Each with the name of the page that says why, where this person may read it. One statement."""
    holds = list(holds)
    cases = Case.objects.visible_to(person).filter(number__in={hold.reference for hold in holds})
    readable = set(cases.values_list("number", flat=True)) if holds else set()
    for hold in holds:
        hold.page_name = HELD_BY[SettlementHold.Cause(hold.cause)] if hold.reference in readable else ""  # type: ignore[attr-defined]
    return holds

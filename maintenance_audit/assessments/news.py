"""The words of monthly checks' notices and of their entries in the ledger."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments.models import Assessment, ProcessProblem, Shortfall
from maintenance_audit.findings.news import FINDINGS, section_of, workshop_of
from workflows.engine import independence
from workflows.ledger.subjects import register_events
from workflows.notices.outbox import post
from workflows.notices.wording import register as say
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, RoleHolding

PREFIX = "maintenance_audit.assessment"
PUBLISHED, PROBLEMS = f"{PREFIX}.published", f"{PREFIX}.problems"
DEADLINES = {
    "due": _("Due %(day)s, not reported as put right yet: problem %(place)s of the check %(number)s"),
    "late": _("Was due %(day)s and is not put right: problem %(place)s of the check %(number)s"),
    "measure_due": _("The measure of %(number)s should work by %(day)s"),
    "measure_late": _("The measure of %(number)s should have worked by %(day)s"),
}
KEEPERS = (Role.AUDIT_LEAD, Role.MAINTENANCE_PLANNER)  # of the problem register
EVENTS = {
    "maintenance_audit.assessment.planned": _("Check planned"),
    "maintenance_audit.assessment.scored": _("Scored by the checklist"),
    "maintenance_audit.assessment.replied": _("Answered by who is assessed"),
    PUBLISHED: _("Score published"),
    "maintenance_audit.assessment.found": _("Problem found by the check"),
    "maintenance_audit.assessment.reported": _("Reported as put right"),
    "maintenance_audit.assessment.settled": _("Problems put right"),
    "maintenance_audit.process_problem.raised": _("Problem entered in the register"),
    "maintenance_audit.process_problem.fed": _("Findings added to the problem"),
    "maintenance_audit.process_problem.planned": _("Measure planned"),
    "maintenance_audit.process_problem.closed": _("Problem solved"),
}


def register() -> None:
    for name, said in DEADLINES.items():
        say(f"{PREFIX}.{name}", title=said, body="%(text)s", topic=FINDINGS)
    say(PROBLEMS, title=_("Check of %(month)s, %(unit)s: %(n)s problems, the first due %(day)s"), body="%(text)s",
        topic=FINDINGS)  # fmt: skip
    words = _("%(unit)s has %(score)s of %(full)s points in the check of %(month)s: %(grade)s")
    say(PUBLISHED, title=words, body="%(effect)s", topic=FINDINGS)
    register_events(EVENTS)
    independence.register_relation("assessed", _("%(person)s works in what is assessed in this case."))


def published(row: Assessment) -> None:
    """Who is assessed hears the score, and so does the workshop; of problems whoever puts them right, too."""
    post(
        event=PUBLISHED,
        key=f"assessment:{row.pk}:published",
        recipients={person.pk for person in [*assessed_people(row), *workshop_of(row.workshop)]},
        subject=f"case:{row.case_id}",  # type: ignore[attr-defined]
        context={
            "unit": row.unit.name, "score": row.score or 0, "full": row.full or 0, "month": f"{row.month:%Y-%m}",
            "grade": row.grade, "effect": row.effect,
        },
        url=reverse("case", args=[row.case.number]),
    )  # fmt: skip


def problems(row: Assessment) -> None:
    """What the check found: to whoever is assessed, in a section its team leaders, too. One about a job is a finding
    and is told as one."""
    found = list(row.shortfalls.filter(finding=None).order_by("due", "place"))  # type: ignore[attr-defined]
    if not found:
        return
    post(
        event=PROBLEMS,
        key=f"assessment:{row.pk}:problems",
        recipients={person.pk for person in [*assessed_people(row), *_team_leaders(row)]},
        subject=f"case:{row.case_id}",  # type: ignore[attr-defined]
        context={
            "unit": row.unit.name, "month": f"{row.month:%Y-%m}", "n": len(found), "day": found[0].due.isoformat(),
            "text": "\n".join(f"{one.due.isoformat()} {one.text}" for one in found)[:600],
        },
        url=reverse("case", args=[row.case.number]),
    )  # fmt: skip


def due(one: Shortfall, *, late: bool) -> None:
    """Once the day before, once after it; then the workshop hears it as well."""
    row = one.assessment
    people = assessed_people(row) + (workshop_of(row.workshop) if late else [])
    what = "late" if late else "due"
    post(
        event=f"{PREFIX}.{what}",
        key=f"shortfall:{one.pk}:{what}:{one.due.isoformat()}",
        recipients={person.pk for person in people},
        subject=f"case:{row.case_id}",  # type: ignore[attr-defined]
        context={"number": row.case.number, "place": one.place, "day": one.due.isoformat(), "text": one.text[:200]},
        url=reverse("case", args=[row.case.number]),
    )


def measure_due(problem: ProcessProblem, *, late: bool) -> None:
    """To whoever keeps the register."""
    what, day = "measure_late" if late else "measure_due", f"{problem.due:%Y-%m-%d}"
    keepers = [held.person_id for role in KEEPERS for held in roles.holders(role, problem.workshop_id)]  # type: ignore[attr-defined]
    post(
        event=f"{PREFIX}.{what}",
        key=f"process_problem:{problem.pk}:{what}:{day}",
        recipients=set(keepers),
        subject=f"process_problem:{problem.pk}",
        context={"number": str(problem), "day": day, "text": problem.measure[:200]},
        url=reverse("process_problem", args=[problem.pk]),
    )


def _team_leaders(row: Assessment) -> list[Person]:
    if row.is_of_contractor:
        return []
    held = RoleHolding.objects.in_force().filter(role=Role.TEAM_LEADER, unit__path__startswith=row.unit.path)
    return [one.person for one in held.select_related("person")]


def assessed_people(row: Assessment) -> list[Person]:
    if row.is_of_contractor:
        return [held.person for held in roles.holders(Role.CONTRACTOR, row.unit_id)]  # type: ignore[attr-defined]
    return section_of(row.unit)

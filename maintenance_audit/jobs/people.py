"""Who has which part in a job: written beside the job, and beside its case, where independence reads it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from maintenance_audit.jobs.models import Job, JobPerson, Part
from workflows.engine.models import Case, CaseParty
from workflows.organisation.models import Person, Unit, UnitKind

NOBODY = gettext_noop("nobody of this company has the employee number %(no)s")
# Who asked for the work or stood beside it does not accept it.
RECUSED = (Part.REQUESTER, Part.SUPERVISOR)
CONTRACTOR = "contractor"  # the relation of whoever of the firm has worked on it


# Whom a job may name; `companies`: see `companies_of`. Anybody else is to whoever asks as if they were not there.
NAMABLE = """(
    SELECT p.id, p.employee_no FROM organisation_person p JOIN organisation_unit u ON u.id = p.unit_id
    LEFT JOIN organisation_unit a ON a.id = u.parent_id
    WHERE u.path LIKE ANY (%(companies)s::text[]) AND 'contractor' NOT IN (u.kind, coalesce(a.kind, ''))
)"""


def companies_of(sections: Iterable[Unit]) -> list[str]:
    """Patterns of the paths of their companies; a section outside every company speaks for itself alone."""
    sections = list(sections)
    above = Unit.objects.filter(pk__in={pk for unit in sections for pk in unit.ancestor_ids}, kind=UnitKind.COMPANY)
    paths = tuple(above.values_list("path", flat=True))
    alone = {unit.path for unit in sections if not unit.path.startswith(paths)}
    return [f"{path}%" for path in sorted({*paths, *alone})]


def namable(numbers: Iterable[str], companies: list[str]) -> dict[str, Person]:
    """Of these employee numbers those that a job may name. One statement."""
    asked = {"numbers": list(numbers), "companies": companies}
    rows = Person.objects.raw(
        f"SELECT q.* FROM organisation_person q JOIN {NAMABLE} n USING (id) WHERE n.employee_no = ANY (%(numbers)s)",  # noqa: S608
        asked,
    )
    return {row.employee_no: row for row in rows}


def take_part(job: Job, people: Iterable[Person], part: Part) -> None:
    for person in {person.pk: person for person in people}.values():
        job.take_part(person, part)
        if job.case is not None:
            concern(job.case, person, part, recused=part in RECUSED)


def concern(case: Case, person: Person, relation: str, *, recused: bool) -> None:
    """From now on the case is this person's, too: they hear of what is decided in this very act."""
    CaseParty.objects.get_or_create(case=case, person=person, relation=relation, defaults={"recused": recused})
    if case.party_ids is not None and person.pk not in case.party_ids:
        case.party_ids = [*case.party_ids, person.pk]


def concern_all(case: Case, job: Job) -> None:
    """A job that is taken up brings its people along, those who have an account."""
    CaseParty.objects.bulk_create(
        (
            CaseParty(case=case, person_id=person, relation=part, recused=part in RECUSED)
            for person, part in JobPerson.objects.filter(job=job).values_list("person_id", "part")
        ),
        ignore_conflicts=True,
    )


def of_part(job: Job, part: Part) -> list[Person]:
    """Whoever got the part last stands first."""
    found = JobPerson.objects.filter(job=job, part=part).select_related("person").order_by("-pk")
    return [row.person for row in found]

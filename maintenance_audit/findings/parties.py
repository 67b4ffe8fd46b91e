"""Whom a finding concerns: none of them confirms it, re-checks it or releases what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext_lazy as _

from maintenance_audit.findings.models import Rectification
from maintenance_audit.jobs.models import Job
from maintenance_audit.lots import independence as of_lots
from maintenance_audit.lots.models import Assignment
from workflows.engine import independence
from workflows.engine.models import Case, CaseParty
from workflows.organisation.models import Person

WORDS = {
    "checker": _("%(person)s has checked this before; somebody new does."),
    "answers": _("%(person)s answers for putting this right."),
    "requester": _("%(person)s has asked for this release; somebody else approves it."),
}
# Who hears how it moves; whom it merely bars need not.
HEARS = ("job_person", "rectifier", "answers")


def register() -> None:
    for name, words in WORDS.items():
        independence.register_relation(name, words)
    of_lots.register_judges(rechecked)


def rechecked(jobs: Collection[int]) -> Iterable[tuple[int, int]]:
    """(job, person) of those who have re-checked a finding of it."""
    done = Rectification.objects.filter(finding__job__in=jobs, checked_by__isnull=False)
    return done.values_list("finding__job", "checked_by").distinct()  # type: ignore[return-value]


def of_job(job: Job) -> list[tuple[int, str]]:
    """Whoever may not judge the job (`lots.independence`), and whoever has checked it in any draw. The firm's own
    people act for the firm here and judge nothing."""
    firm = set(Person.objects.filter(unit__path__startswith=job.contractor.path).values_list("pk", flat=True))  # type: ignore[union-attr]
    barred = [(pk, relation) for pk, relation in of_lots.parties_of(job) if pk not in firm]
    checked = Assignment.objects.filter(drawn_job__lot_job__job=job).values_list("person_id", flat=True)
    return list(dict.fromkeys([*barred, *((pk, "checker") for pk in checked)]))


def add(case: Case, person: Person | None, relation: str) -> None:
    if person is not None:
        CaseParty.objects.get_or_create(case=case, person=person, relation=relation)
        case.party_ids = None


def renew(case: Case) -> None:
    """Those who have become concerned since it was opened."""
    found = of_job(case.finding.job)  # type: ignore[attr-defined]
    rows = [CaseParty(case=case, person_id=person, relation=relation) for person, relation in found]
    CaseParty.objects.bulk_create(rows, ignore_conflicts=True)
    case.party_ids = None

"""What an inspector is asked in one form: the claims that this form can see, the checklist, the tag."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from maintenance_audit.inspections.models import Inspection
from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.register.models import CheckItem, Form, Seen


@dataclass(frozen=True)
class Sheet:
    job: Job
    form: str
    claims: list[Claim]
    checks: list[CheckItem]

    @property
    def wants_tag(self) -> bool:
        """Whoever is on site shows that they were at the tag; it supports presence, it does not prove it."""
        return self.form == Form.SITE

    @property
    def keys(self) -> list[str]:
        tag = ["tag"] if self.wants_tag else []
        return [*tag, *(key_of(claim) for claim in self.claims), *(f"check:{check.place}" for check in self.checks)]

    def claim(self, key: str) -> Claim | None:
        return next((claim for claim in self.claims if key_of(claim) == key), None)


def key_of(claim: Claim) -> str:
    return f"claim:{claim.pk}"


def of(inspection: Inspection) -> Sheet:
    """Two statements, and one for the job where it has not been read with the inspection."""
    job = inspection.drawn_job.lot_job.job
    seen = Q(seen__in=[Seen.BOTH, inspection.form])
    claims = list(Claim.objects.standing().filter(seen, job=job).order_by("place"))
    checks = list(CheckItem.objects.filter(seen, template=job.template_id)) if job.template_id else []
    return Sheet(job, inspection.form, claims, checks)

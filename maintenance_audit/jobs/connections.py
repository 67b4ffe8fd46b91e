"""What jobs show and offer beside a tag, and how the ledger calls imports and the map of merged and split ones."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from maintenance_audit.jobs.models import Job, JobMapping
from maintenance_audit.register import beside
from maintenance_audit.register.beside import Act, Part
from maintenance_audit.register.models import Equipment
from workflows.ledger.subjects import About, register_events, register_subject
from workflows.organisation.chains import id_of
from workflows.organisation.models import Person, UnitKind

SHOWN = 20
EVENTS = {
    "maintenance_audit.jobs.imported": _("Jobs brought in from a file"),
    "maintenance_audit.job_mapping.added": _("Merging or splitting written down"),
    "maintenance_audit.job_mapping.retired": _("Merging or splitting retired"),
}


def register() -> None:
    beside.register_acts(acts)
    beside.register_part(parts)
    register_events(EVENTS)
    register_subject("job_mapping", may_read_mapping, about=about_mapping)


def acts(person: Person, equipment: Equipment) -> Iterator[Act]:
    """Ask for a job where one is of the plant; a firm's people find their own jobs of this tag."""
    inside = person.unit.at_level(UnitKind.CONTRACTOR) is None
    if inside and equipment.is_active:
        filled = urlencode({"equipment": equipment.tag})
        yield Act(say("Ask for an outsourced job"), f"{reverse('file_job')}?{filled}", "plus")
    for job in [] if inside else jobs_of(person, equipment)[:3]:
        yield Act(
            f"{job.number} {job.title}", reverse("job", args=[job.number]), "wrench", str(job.get_state_display())
        )


def jobs_of(person: Person, equipment: Equipment) -> QuerySet[Job]:
    found = Job.objects.visible_to(person).filter(equipment=equipment)
    return found.select_related("contractor", "failure_code").order_by("-accepted_on", "-received_at", "-pk")


def parts(person: Person, equipment: Equipment) -> Iterator[Part]:
    found = list(jobs_of(person, equipment)[: SHOWN + 1])
    more = f"{reverse('job_list')}?{urlencode({'q': equipment.tag})}" if len(found) > SHOWN else ""
    yield Part("jobs/_of_tag.html", {"jobs": found[:SHOWN], "more": more})


def may_read_mapping(person: Person, subject: str) -> bool:
    return JobMapping.objects.visible_to(person).filter(pk=id_of(subject)).exists()


def about_mapping(subject: str) -> About:
    mapping = JobMapping.objects.filter(pk=id_of(subject)).first()
    return About(str(mapping), reverse("job_mappings")) if mapping else About(subject)

"""An outsourced maintenance job 检修委托: who asked for it, who did it, where it stands.

A job that is run here has a case; one that came from the plant's own system has none until somebody takes it up.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.jobs.models.verbs import Verbs
from workflows.organisation.models import Person, UnitKind
from workflows.organisation.roles import paths_seen_by
from workflows.store.gathering import change


class JobState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("job", "Requested")
    APPROVED = "approved", pgettext_lazy("job", "Approved")
    DISPATCHED = "dispatched", pgettext_lazy("job", "Dispatched")
    STARTED = "started", pgettext_lazy("job", "Started")
    COMPLETED = "completed", pgettext_lazy("job", "Completed")
    ACCEPTED = "accepted", pgettext_lazy("job", "Accepted")
    SETTLED = "settled", pgettext_lazy("job", "Settled")
    WARRANTY_OVER = "closed", pgettext_lazy("job", "Warranty over")
    CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")


class Source(models.TextChoices):
    FORM = "form", _("By form")
    SHEET = "sheet", _("By spreadsheet")
    API = "api", _("By API")


class Part(models.TextChoices):
    """What somebody has to do with a job; each of them is barred from checking it."""

    REQUESTER = "requester", _("Requester")
    APPROVER = "approver", _("Approver")
    DISPATCHER = "dispatcher", _("Dispatcher")
    SUPERVISOR = "supervisor", _("Site supervisor")
    ACCEPTOR = "acceptor", _("Acceptor")
    SETTLER = "settler", _("Settlement preparer")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, person: Person) -> Self:
        """By place in the unit tree, or by a part in the job; a contractor's people see their own firm's only."""
        firm = person.unit.at_level(UnitKind.CONTRACTOR)
        if firm is not None:
            return self.filter(contractor=firm)
        seen: Any = Q(section_id__in=person.unit.ancestor_ids) | Q(section=person.unit)
        for path in paths_seen_by(person):
            seen |= Q(section__path__startswith=path)
        part = models.Exists(JobPerson.objects.filter(job=models.OuterRef("pk"), person=person))
        return self.filter(seen | part)

    def unsettled(self) -> Self:
        return self.filter(settled_at=None)

    def held(self) -> Self:
        from maintenance_audit.jobs.models.hold import SettlementHold

        return self.filter(models.Exists(SettlementHold.objects.standing().filter(job=models.OuterRef("pk"))))

    def locked(self, *pks: int) -> list[Job]:
        """These jobs, in the order of their keys: whoever places a hold and whoever settles wait for each other."""
        return list(self.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk"))


class Job(Verbs):
    number = models.CharField(_("number"), max_length=40, unique=True)
    case = models.OneToOneField("engine.Case", models.PROTECT, null=True, blank=True, related_name="job")
    source = models.CharField(max_length=5, choices=Source, default=Source.FORM)
    title = models.CharField(_("title"), max_length=120)
    scope = models.TextField(_("scope of work"), blank=True)
    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    section = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="jobs")
    team = models.ForeignKey("organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    equipment = models.ForeignKey("register.Equipment", models.PROTECT, related_name="jobs")
    failure_code = models.ForeignKey("register.FailureCode", models.PROTECT, null=True, blank=True, related_name="jobs")
    # The code when the job was accepted: a later change is visible and does not unlink a repeat.
    first_failure_code = models.ForeignKey(
        "register.FailureCode", models.PROTECT, null=True, blank=True, related_name="+"
    )
    work_kind = models.ForeignKey("register.WorkKind", models.PROTECT, null=True, blank=True, related_name="jobs")
    template = models.ForeignKey("register.ClaimTemplate", models.PROTECT, null=True, blank=True, related_name="jobs")
    contractor = models.ForeignKey("organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.REQUESTED)
    # False where it came at a later state from elsewhere: nobody saw the hidden work being photographed here.
    gate_evidenced = models.BooleanField(default=True)
    hidden_work = models.BooleanField(default=False)
    planned_start = models.DateField(null=True, blank=True)
    planned_end = models.DateField(null=True, blank=True)
    estimate = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    refusals = models.PositiveSmallIntegerField(default=0)  # how often acceptance was refused
    hours = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)  # man-hours as claimed
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    warranty_until = models.DateField(null=True, blank=True)
    cancelled_why = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()  # the server's clock, whatever the source says of its own times
    repeats = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repeated_by")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["accepted_on"], name="job_by_day_of_acceptance"),
            models.Index(fields=["contractor", "accepted_on"], name="job_by_contractor_and_month"),
            models.Index(fields=["equipment", "first_failure_code", "accepted_on"], name="job_by_tag_and_failure"),
            models.Index(fields=["section", "state"], name="job_by_section_and_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^[^|\n]+$"), name="job_no_has_no_bar_or_line_feed"),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=False) | ~Q(state__in=["accepted", "settled", "closed"]),
                name="accepted_job_says_when",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(state__in=["settled", "closed"]), name="settled_job_says_so"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_why=""), name="cancelled_job_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def take_part(self, person: Person, part: Part | str) -> None:
        """Write down that somebody has this part in the job."""
        JobPerson.objects.get_or_create(job=self, person=person, part=part)

    def _move(self, state: JobState, **fields: Any) -> None:
        for name, value in ({"state": state} | fields).items():
            setattr(self, name, value)
        change(self, "state", *fields)


class JobPerson(models.Model):
    """Somebody who has a part in the job."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="people")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "person", "part"], name="job_part_once_a_person")]
        indexes = [models.Index(fields=["person", "job"], name="job_by_person")]

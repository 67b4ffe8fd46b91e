"""What a contractor claims for a kind of work, how exactly it has to hold, and who can see it. Versioned."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.ledger.clock import now
from workflows.organisation.models import Person, UnitKind


class ClaimKind(models.TextChoices):
    HOURS = "hours", _("Hours")
    HEADCOUNT = "headcount", _("Headcount")
    TIMES = "times", _("Times on site")
    QUANTITY = "quantity", _("Quantity")
    NEW_PART = "new_part", _("New part")
    OLD_PART = "old_part", _("Old part returned")
    HIDDEN_WORK = "hidden_work", _("Hidden work")
    TRIAL_RUN = "trial_run", _("Trial run")
    PERMIT = "permit", _("Permits")
    OTHER = "other", _("Other claim")


class Form(models.TextChoices):
    """The two forms 双式 in which a drawn job is checked."""

    SITE = "site", _("On site")
    RECORDS = "records", _("On records")


class Seen(models.TextChoices):
    """In which form a claim can be checked; only what both see is compared."""

    BOTH = "both", _("In both forms")
    SITE = "site", _("On site only")
    RECORDS = "records", _("On records only")


class Severity(models.TextChoices):
    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


class Tolerance(models.TextChoices):
    EXACT = "exact", _("Exactly")
    ABSOLUTE = "absolute", _("By so much")
    PERCENT = "percent", _("By so many per cent")
    JUDGED = "judged", _("Judged, not measured")


class PlantQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """What the whole plant reads and a contractor's people do not."""

    def visible_to(self, person: Person) -> Self:
        return self.none() if person.unit.at_level(UnitKind.CONTRACTOR) else self.all()

    def active(self) -> Self:
        return self.filter(is_active=True)


class WorkKind(models.Model):
    """A kind of work: refractory lining, pump overhaul, conveyor …"""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PlantQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class TemplateQuerySet(PlantQuerySet):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(published_at=None)

    def in_force(self) -> Self:
        """The newest published version of each kind of work."""
        newest = self.model._default_manager.filter(work_kind=models.OuterRef("work_kind"), published_at__isnull=False)
        return self.filter(pk=models.Subquery(newest.order_by("-version").values("pk")[:1]))


class ClaimTemplate(models.Model):
    """One version of what is claimed for a kind of work. Published by a second person, never edited after."""

    work_kind = models.ForeignKey(WorkKind, models.PROTECT, related_name="templates")
    version = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    # The last who wrote; `written_by` has everybody who did, none of whom publishes it.
    drafted_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=now)
    written_by = ArrayField(models.BigIntegerField(), default=list)
    published_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["work_kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["work_kind"], condition=Q(published_at=None), name="one_draft_a_work_kind"),
            models.UniqueConstraint(fields=["work_kind", "version"], name="template_version_once"),
            models.CheckConstraint(
                condition=Q(published_by=None, published_at=None)
                | (Q(published_by__isnull=False, published_at__isnull=False) & ~Q(published_by=F("drafted_by"))),
                name="template_is_published_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_kind} v{self.version}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class ClaimItem(models.Model):
    """One thing that is claimed. `tolerance` says how far the found value may lie from the claimed one."""

    template = models.ForeignKey(ClaimTemplate, models.CASCADE, related_name="items")
    key = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ClaimKind)
    label = models.CharField(max_length=80)
    measure = models.CharField(max_length=20, blank=True)  # h, 人, m³, 台 …; empty where nothing is counted
    tolerance = models.CharField(max_length=8, choices=Tolerance, default=Tolerance.JUDGED)
    allowed = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    seen = models.CharField(max_length=7, choices=Seen, default=Seen.BOTH)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.MAJOR)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["template", "place"]
        constraints = [
            models.UniqueConstraint(fields=["template", "key"], name="claim_item_key_once"),
            models.CheckConstraint(
                condition=Q(tolerance__in=["exact", "judged"], allowed=None)
                | Q(tolerance__in=["absolute", "percent"], allowed__gte=0),
                name="tolerance_says_how_much",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class CheckItem(models.Model):
    """What an inspector goes through beside the claims."""

    template = models.ForeignKey(ClaimTemplate, models.CASCADE, related_name="checks")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    seen = models.CharField(max_length=7, choices=Seen, default=Seen.BOTH)

    class Meta:
        ordering = ["template", "place"]

    def __str__(self) -> str:
        return self.text

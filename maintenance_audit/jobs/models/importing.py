"""A file of jobs on its way in: what its columns mean, the rows as read, and each cell that was not believed."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from workflows.organisation.models import Person


class ImportState(models.TextChoices):
    MAPPING = "mapping", pgettext_lazy("import", "Columns to be named")
    CHECKING = "checking", pgettext_lazy("import", "Being read")
    CHECKED = "checked", pgettext_lazy("import", "Read, not confirmed")
    APPLYING = "applying", pgettext_lazy("import", "Being brought in")
    APPLIED = "applied", pgettext_lazy("import", "Brought in")
    FAILED = "failed", pgettext_lazy("import", "Stopped")
    DISCARDED = "discarded", pgettext_lazy("import", "Put away")


class JobImportQuerySet(models.QuerySet["JobImport"]):
    def visible_to(self, person: Person) -> Self:
        """Whoever uploaded it."""
        return self.filter(uploader_id=person.pk)


class JobImport(models.Model):
    """`headers`: as the file has them, by column; their digest is the source that a mapping is remembered by.

    `mapping`: what `importing.mapping.Mapping` says. `counts`: what the check found, and what came of it.
    """

    uploader = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    file = models.FileField(max_length=200)
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    headers = models.JSONField()
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=ImportState, default=ImportState.MAPPING)
    uploaded_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)  # rows of the stage under way
    total = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    objects = JobImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False) | ~Q(state="applied") & Q(applied_at=None),
                name="applied_import_has_its_moment",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One row of the file as it is meant, until it has come in. The table is not logged: the file can be read again."""

    upload = models.ForeignKey(JobImport, models.CASCADE, related_name="rows", db_index=False)
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    scope = models.TextField()
    tag = models.CharField(max_length=60)
    section = models.CharField(max_length=80)
    failure = models.CharField(max_length=40)
    work_kind = models.CharField(max_length=80)
    firm = models.CharField(max_length=80)
    state = models.CharField(max_length=10)
    started = models.DateField(null=True)
    completed = models.DateField(null=True)
    accepted = models.DateField(null=True)
    settled = models.DateField(null=True)
    warranty = models.DateField(null=True)
    hours = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cancelled_why = models.CharField(max_length=200)
    people = models.JSONField(default=dict)  # part → employee number
    copy = models.CharField(max_length=40)  # digest of the row's cells: two of the same are exact copies
    bad = models.BooleanField(default=False)
    job = models.BigIntegerField(null=True)  # what came of it; 0 where the number was there already

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "row"], name="import_row_once")]


class ImportFault(models.Model):
    """Why a row is left out, or what is odd about one that came in; in the words of whoever uploaded it."""

    upload = models.ForeignKey(JobImport, models.CASCADE, related_name="faults")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=3)
    header = models.CharField(max_length=60)
    value = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    warning = models.BooleanField(default=False)

    class Meta:
        ordering = ["upload", "row", "column"]
        indexes = [models.Index(fields=["upload", "warning", "row"], name="import_faults_in_order")]

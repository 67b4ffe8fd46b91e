"""One drawn job, checked in one form by one inspector: a case of its own, so that nobody reads another's."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maintenance_audit.register.models import Form
from workflows.engine.models.case import Case
from workflows.engine.models.row import CaseRow, CaseRowQuerySet
from workflows.organisation.models import Person


class TagHow(models.TextChoices):
    SCAN = "scan", _("Scanned")
    TYPED = "typed", _("Typed in")
    NONE = "none", _("No tag to be seen")


class InspectionQuerySet(CaseRowQuerySet):
    def opened_to(self, person: Person) -> Self:
        """What the record says is read from the comparison on; its case, which names the inspector, from the last seal
        of the tier on."""
        return self.filter(opened_at__isnull=False, case__in=Case.objects.visible_to(person, reserved_too=True))

    def to_do(self, person: Person) -> Self:
        """What this person still has to record and to seal."""
        mine = self.filter(assignment__person=person, assignment__ended_at=None, sealed_at=None)
        return mine.exclude(case__state="closed")


class Inspection(CaseRow):
    """`sealed_seq`: the ledger entry that holds the record, encrypted until both forms are sealed."""

    assignment = models.OneToOneField("lots.Assignment", models.PROTECT, related_name="inspection")
    drawn_job = models.ForeignKey("lots.DrawnJob", models.PROTECT, related_name="inspections")
    form = models.CharField(max_length=7, choices=Form)
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_seq = models.PositiveIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # both are sealed: it may be read
    # Told by the record once it is opened: when the phone says that the tag was seen, and how.
    tag_seen_at = models.DateTimeField(null=True, blank=True)
    tag_how = models.CharField(max_length=5, choices=TagHow, blank=True)
    tag_said = models.CharField(max_length=200, blank=True)

    objects = InspectionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_at=None, sealed_seq=None) | Q(sealed_at__isnull=False, sealed_seq__isnull=False),
                name="sealed_record_has_its_entry",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(sealed_at__isnull=False), name="opened_record_was_sealed"
            ),
        ]


class Draft(models.Model):
    """One answer as it came in, encrypted. `key`: what it answers ("claim:12"); `token`: made by the phone, so that the
    same sent again is kept once. An answer that a later one has replaced keeps its token and nothing else."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=30, default="")
    token = models.UUIDField(unique=True)
    content = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["inspection", "pk"]
        indexes = [models.Index(fields=["inspection", "key", "-id"], name="draft_by_what_it_answers")]

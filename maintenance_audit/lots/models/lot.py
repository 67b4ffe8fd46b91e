"""A lot 批: one contractor's jobs accepted in one month and not yet settled, with the people who may be drawn."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflows.engine.models.row import CaseRow, CaseRowQuerySet
from workflows.organisation.models import Person, UnitKind


class LotState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("lot", "Draft")
    FROZEN = "frozen", pgettext_lazy("lot", "Frozen")
    COMMITTED = "committed", pgettext_lazy("lot", "Committed")
    REVEALED = "revealed", pgettext_lazy("lot", "Revealed")
    DRAWN = "drawn", pgettext_lazy("lot", "Drawn")
    INSPECTED = "inspected", pgettext_lazy("lot", "Inspected")
    ADJUDICATED = "adjudicated", pgettext_lazy("lot", "Adjudicated")
    DECIDED = "decided", pgettext_lazy("lot", "Decided")
    VOID = "void", pgettext_lazy("lot", "Void")


TOP = 3  # the tier behind which nobody checks any more


class LotQuerySet(CaseRowQuerySet):
    def visible_to(self, person: Person) -> Self:
        """Who may read the case; a contractor's people their own firm's."""
        firm = person.unit.at_level(UnitKind.CONTRACTOR)
        return self.filter(contractor=firm) if firm is not None else super().visible_to(person)

    def published_to(self, person: Person) -> Self:
        """The draws' public pages: everybody of the plant, and of the contractor, once it is frozen."""
        frozen = self.filter(frozen_at__isnull=False)
        firm = person.unit.at_level(UnitKind.CONTRACTOR)
        if firm is not None:
            return frozen.filter(contractor=firm)
        company = person.unit.at_level(UnitKind.COMPANY)
        return frozen.filter(workshop__path__startswith=company.path) if company else frozen.filter(pk__in=[])

    def told(self) -> Self:
        """Those of which sums and reports may tell what was found: nobody checks their jobs any more for a tier above,
        because the last one is sealed or the lot is decided."""
        return self.filter(Q(decided_at__isnull=False) | Q(draws__tier=TOP, draws__sealed_at__isnull=False)).distinct()


class Lot(CaseRow):
    """Its number, as commitments name it, is its case's. What it froze stays as it was frozen."""

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="lots")
    contractor = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    resubmits = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="resubmitted")
    state = models.CharField(max_length=12, choices=LotState, default=LotState.DRAFT)
    # The plan that was read off when it was frozen, by the pinned rules and the contractor's state then.
    aql = models.CharField(max_length=6, blank=True)
    level = models.CharField(max_length=4, blank=True)
    inspection = models.CharField(max_length=12, blank=True)  # normal, tightened, reduced, discontinued
    code = models.CharField(max_length=1, blank=True)
    sample = models.PositiveIntegerField(null=True, blank=True)  # n
    ac = models.PositiveIntegerField(null=True, blank=True)
    re = models.PositiveIntegerField(null=True, blank=True)
    frame_digest = models.CharField(max_length=64, blank=True)
    staff_digests = models.JSONField(default=dict)  # tier → digest of those eligible when it was frozen
    tier = models.PositiveSmallIntegerField(default=1)  # that is drawn next, or was drawn last
    round = models.PositiveSmallIntegerField(default=1)  # of the ceremony: a withheld nonce is rerun once
    check_all = models.CharField(max_length=30, blank=True)  # why every job is checked; empty: a sample
    frozen_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    nonconforming = models.PositiveIntegerField(null=True, blank=True)
    critical = models.BooleanField(default=False)
    accepted = models.BooleanField(
        null=True, choices=[(True, pgettext_lazy("lot", "Accepted")), (False, _("Not accepted"))]
    )
    decision = models.TextField(blank=True)

    objects = LotQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-month", "contractor"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "contractor", "month"],
                condition=Q(resubmits=None),
                name="one_lot_a_contractor_and_month",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="lot_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(frozen_at=None, frame_digest="") | (Q(frozen_at__isnull=False) & ~Q(frame_digest="")),
                name="frozen_lot_has_a_frame",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_at=None) | Q(accepted__isnull=False, decided_at__isnull=False),
                name="decided_lot_says_when",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None) | Q(frozen_at__isnull=False), name="decided_lot_was_frozen"
            ),
        ]


class LotJob(models.Model):
    """A job in the frame. Withdrawn before the first reveal it stays listed and is skipped."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="jobs")
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="lots")
    number = models.CharField(max_length=40)  # as it was when frozen
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["lot", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "job"], name="job_once_a_lot"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="withdrawn_job_says_why",
            ),
        ]


class EligibleInspector(models.Model):
    """Who may be drawn in a tier, as frozen. Borrowed from another section: why is recorded."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="inspectors")
    tier = models.PositiveSmallIntegerField()
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    staff_no = models.CharField(max_length=20)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    borrowed_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["lot", "tier", "staff_no"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "tier", "person"], name="inspector_once_a_tier"),
            models.CheckConstraint(condition=Q(tier__in=[1, 2, 3]), name="inspector_of_one_of_three_tiers"),
        ]

"""A finding 问题: what a claim is short of, who answers, until when it is put right, and what it holds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maintenance_audit.register.models import Severity
from workflows.engine.models.row import CaseRow


class Origin(models.TextChoices):
    DRAWN = "drawn", _("A drawn job")
    POINTED = "pointed", _("A job that workers pointed at")
    REPEAT = "repeat", _("A repeat repair")
    UPPER = "upper", _("An upper tier")
    MONTHLY = "monthly", _("A monthly check")


class Finding(CaseRow):
    """Where it stands is its case's; severity is only ever raised, and why is on record."""

    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="findings")
    claim = models.ForeignKey("jobs.Claim", models.PROTECT, null=True, blank=True, related_name="findings")
    drawn_job = models.ForeignKey("lots.DrawnJob", models.PROTECT, null=True, blank=True, related_name="findings")
    contractor = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    origin = models.CharField(max_length=8, choices=Origin)
    verdict = models.CharField(max_length=13)  # nonconforming, cannot
    severity = models.CharField(max_length=8, choices=Severity)
    first_severity = models.CharField(max_length=8, choices=Severity)
    nature = models.CharField(max_length=20, blank=True)
    facts = models.TextField()
    found_at = models.DateTimeField()  # of comparing: its clocks begin here
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    failed_rechecks = models.PositiveSmallIntegerField(default=0)
    # The five parts 五定 of the rectification order: who, until when, who answers, to what standard, by what measure.
    rectifier = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    rectify_by = models.DateField(null=True, blank=True)
    standard = models.TextField(blank=True)
    measure = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["drawn_job", "claim"],
                condition=Q(drawn_job__isnull=False),
                name="finding_once_a_claim_and_draw",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="withdrawn_finding_says_why",
            ),
            models.CheckConstraint(
                condition=Q(rectifier=None, answers=None, rectify_by=None, standard="", measure="")
                | (
                    Q(rectifier__isnull=False, answers__isnull=False, rectify_by__isnull=False)
                    & ~Q(standard="")
                    & ~Q(measure="")
                ),
                name="rectification_order_has_five_parts",
            ),
        ]

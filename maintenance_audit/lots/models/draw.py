"""A tier's draw: the seed, the jobs by rank, and who checks each in which form."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maintenance_audit.register.models import Form


class Why(models.TextChoices):
    DRAWN = "drawn", _("Drawn")
    ALL = "all", _("Every job is checked")
    POINTED = "pointed", _("Pointed at by workers")
    REPEAT = "repeat", _("Repeat repair")
    UNDRAWN = "undrawn", _("One that was never drawn")
    DISPUTED = "disputed", _("Disputed")
    CRITICAL = "critical", _("Critical")


COUNTED = (Why.DRAWN, Why.ALL)  # the rest are extras: checked, shown apart, left out of rates


class Result(models.TextChoices):
    CONFORMING = "conforming", _("Conforming")
    NONCONFORMING = "nonconforming", _("Nonconforming")


class Draw(models.Model):
    lot = models.ForeignKey("lots.Lot", models.PROTECT, related_name="draws")
    tier = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64, blank=True)  # empty where every job is checked for want of a nonce
    size = models.PositiveIntegerField()  # how many were drawn, extras not counted
    # Of what it drew: [{"numbers": [...], "size": n}], without numbers the whole frame; and T2's jobs never drawn.
    strata = models.JSONField(default=list)
    # What an upper tier drew from tells which jobs passed below: committed when it is drawn, told when none is out.
    strata_salt = models.CharField(max_length=32, blank=True)
    strata_commitment = models.CharField(max_length=64, blank=True)
    never_drawn = models.JSONField(default=list)
    staff = models.JSONField(default=list)  # numbers of those eligible when it was drawn
    staff_digest = models.CharField(max_length=64)
    barred = models.JSONField(default=dict)  # job number → staff numbers who could not check it; not why
    drawn_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)  # the tier's last record; the lead's nonce is then shown
    concluded_at = models.DateTimeField(null=True, blank=True)  # compared and adjudicated

    class Meta:
        ordering = ["lot", "tier"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "tier"], name="there_is_no_second_draw"),
            models.CheckConstraint(condition=Q(tier__in=[1, 2, 3]), name="draw_of_one_of_three_tiers"),
            models.CheckConstraint(
                condition=Q(concluded_at=None) | Q(sealed_at__isnull=False), name="concluded_draw_is_sealed"
            ),
            models.CheckConstraint(
                condition=Q(strata_salt="", strata_commitment="")
                | Q(tier__gt=1, strata_salt__regex=r"^[0-9a-f]{32}$", strata_commitment__regex=r"^[0-9a-f]{64}$"),
                name="upper_draw_commits_what_it_drew_from",
            ),
        ]


class DrawnJob(models.Model):
    """A job that this tier checks. `result` comes from comparing and adjudicating; T1's may be changed by T2 and T3,
    which say why and leave theirs beside it."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="jobs")
    lot_job = models.ForeignKey("lots.LotJob", models.PROTECT, related_name="drawn")
    place = models.PositiveIntegerField()  # in the tier, by rank; extras behind
    rank_digest = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=8, choices=Why)
    result = models.CharField(max_length=13, choices=Result, blank=True)
    critical = models.BooleanField(default=False)
    disputed = models.BooleanField(default=False)
    compared_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    not_shown_why = models.CharField(max_length=200, blank=True)  # it could not be shown, and the lead recorded why

    class Meta:
        ordering = ["draw", "place"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "lot_job"], name="job_once_a_draw"),
            models.UniqueConstraint(fields=["draw", "place"], name="drawn_place_once"),
            models.CheckConstraint(
                condition=Q(concluded_at=None, result="") | (Q(concluded_at__isnull=False) & ~Q(result="")),
                name="concluded_job_has_a_result",
            ),
        ]


class Assignment(models.Model):
    """Who checks a drawn job in one form. `reserve`: 0 as drawn; for whoever came in later their place in
    the ranking, from 1, and in `chosen` among whom ("among") and over whom, each with why ("over": seated on this job
    before, barred from it, full)."""

    drawn_job = models.ForeignKey(DrawnJob, models.PROTECT, related_name="assignments")
    form = models.CharField(max_length=7, choices=Form)
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    reserve = models.PositiveSmallIntegerField(default=0)
    chosen = models.JSONField(default=dict)
    assigned_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # somebody else does it since
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["drawn_job", "-form", "reserve"]
        constraints = [
            models.UniqueConstraint(
                fields=["drawn_job", "form"], condition=Q(ended_at=None), name="one_inspector_a_form"
            ),
            models.UniqueConstraint(
                fields=["drawn_job", "person"], condition=Q(ended_at=None), name="two_forms_by_two_inspectors"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="")
                | (Q(sealed_at=None, ended_at__isnull=False) & ~Q(ended_why="")),
                name="ended_assignment_says_why",
            ),
        ]

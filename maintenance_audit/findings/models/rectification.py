"""What the contractor replied, and each time it was said to be put right: no version is overwritten."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Reply(models.Model):
    """The right of reply 申辩. `in_time` by the server's clock."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="replies")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    words = models.TextField()
    accepts = models.BooleanField()  # the firm accepts the finding
    received_at = models.DateTimeField()
    in_time = models.BooleanField()
    upheld = models.BooleanField(null=True)  # did it change what was decided
    token = models.UUIDField(null=True, blank=True, unique=True)  # of the form: the same twice is one reply

    class Meta:
        ordering = ["finding", "received_at"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="reply_says_something")]


class Rectification(models.Model):
    """One submission, and the re-check of it by somebody new. One that was sent back for more has no result."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="rectifications")
    place = models.PositiveSmallIntegerField()
    done_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    words = models.TextField()
    submitted_at = models.DateTimeField()
    checked_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    passed = models.BooleanField(null=True)
    check_words = models.TextField(blank=True)

    class Meta:
        ordering = ["finding", "place"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "place"], name="rectification_place_once"),
            models.CheckConstraint(
                condition=Q(passed=None, checked_at=None, checked_by=None)
                | Q(passed__isnull=False, checked_at__isnull=False, checked_by__isnull=False),
                name="checked_rectification_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("done_by")), name="rechecker_is_not_the_rectifier"
            ),
            models.CheckConstraint(condition=~Q(passed=False) | ~Q(check_words=""), name="failed_recheck_says_why"),
        ]


class Extension(models.Model):
    """More time asked for, once a round and before the day is over; granted until a new day or refused, with a reason.
    `before`: the day that was ordered."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="extensions")
    round = models.PositiveSmallIntegerField()  # of rectification
    asked_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.TextField()
    wanted = models.DateField()
    before = models.DateField()
    answered_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True)
    until = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["finding", "asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "round"], name="extension_asked_once_a_round"),
            models.CheckConstraint(condition=~Q(reason="") & Q(wanted__gt=F("before")), name="extension_says_why"),
            models.CheckConstraint(
                condition=Q(granted=None, answered_by=None, answered_at=None, answer="")
                | (
                    Q(granted__isnull=False, answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answer="")
                    & ~Q(answered_by=F("asked_by"))
                ),
                name="answered_extension_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(granted=True, until__gt=F("before"))
                | (Q(until=None) & (Q(granted=None) | Q(granted=False))),
                name="granted_extension_has_a_later_day",
            ),
        ]


class Part(models.TextChoices):
    BEFORE = "before", _("As it was found")
    REPLY = "reply", _("Proof of the reply")
    AFTER = "after", _("After rectification")
    RECHECK = "recheck", _("At the re-check")


class Paper(models.Model):
    """A file of the finding, and to which version of what it belongs."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="papers")
    document = models.OneToOneField("documents.Document", models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part)
    reply = models.ForeignKey(Reply, models.PROTECT, null=True, blank=True, related_name="papers")
    rectification = models.ForeignKey(Rectification, models.PROTECT, null=True, blank=True, related_name="papers")

    class Meta:
        ordering = ["finding", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(part="before", reply=None, rectification=None)
                | Q(part="reply", reply__isnull=False, rectification=None)
                | Q(part__in=["after", "recheck"], reply=None, rectification__isnull=False),
                name="paper_belongs_to_its_version",
            ),
        ]


class FoundAgain(models.Model):
    """An upper tier ruled the same claim short, too: the finding that stands already is confirmed by it."""

    finding = models.ForeignKey("findings.Finding", models.PROTECT, related_name="found_again")
    ruling = models.OneToOneField("inspections.Ruling", models.PROTECT, related_name="found_again")
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)  # it says so on the finding

    class Meta:
        ordering = ["finding", "at"]

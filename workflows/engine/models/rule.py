"""Rule sets as versions: drafted by one person, published by another, never edited after."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.ledger.clock import now


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def in_force(self, kind: str, unit_ids: list[int], at: datetime | None = None) -> RuleVersion | None:
        """The version that binds a case of this kind filed now at a unit with these ids above it (root first).

        The nearest unit that has published rules wins; there, the latest from-date that has come.
        """
        found = self.filter(
            kind=kind, unit_id__in=unit_ids, state=RuleVersion.State.PUBLISHED, effective_from__lte=at or now()
        ).select_related("unit")
        versions: list[RuleVersion] = sorted(
            found, key=lambda v: (unit_ids.index(v.unit_id), v.effective_from, v.number)
        )
        return versions[-1] if versions else None


class RuleVersion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    kind = models.CharField(max_length=30)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    note = models.CharField(max_length=200, blank=True)
    drafted_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    # Handed to the publishers; empty while the drafter is still writing.
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(null=True, blank=True)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "unit", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "unit", "number"], name="rule_number_once"),
            models.CheckConstraint(
                condition=Q(state="draft", published_by=None, published_at=None, effective_from=None)
                | Q(
                    state="published",
                    published_by__isnull=False,
                    published_at__isnull=False,
                    effective_from__gte=F("published_at"),
                ),
                name="published_rule_says_who_and_from_when",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")), name="publisher_is_not_drafter"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

"""Who took which evidence away; the ledger has it as well."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.organisation.models import Person
from workflows.organisation.roles import paths_seen_by


class TakenQuerySet(models.QuerySet["Taken"]):
    def visible_to(self, person: Person) -> Self:
        """One's own, and those at the units that one oversees."""
        seen = Q(taken_by=person)
        for path in paths_seen_by(person):
            seen |= Q(unit__path__startswith=path)
        return self.filter(seen)


class Taken(models.Model):
    class What(models.TextChoices):
        LOT = "lot", _("A lot")
        CASE = "case", _("A case")
        MONTH = "month", _("A month")

    what = models.CharField(max_length=5, choices=What)
    case = models.ForeignKey("engine.Case", models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    month = models.DateField(null=True, blank=True)
    taken_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    ledger_seq = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()

    objects = TakenQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="month", month__isnull=False, case=None) | (~Q(what="month") & Q(case__isnull=False)),
                name="taken_evidence_is_of_a_case_or_a_month",
            ),
            models.UniqueConstraint(fields=["subject", "ledger_seq"], name="taken_evidence_has_one_entry"),
        ]

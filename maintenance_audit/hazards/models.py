"""A hazard: what was seen, and who puts it right until when. Where it stands is the case's."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.engine.models.row import CaseRow
from workflows.organisation.models import Person


class Severity(models.TextChoices):
    GENERAL = "general", _("General hazard")
    LARGER = "larger", _("Larger hazard")
    MAJOR = "major", _("Major hazard")


class Hazard(CaseRow):
    severity = models.CharField(max_length=8, choices=Severity)
    place = models.CharField(max_length=120)
    danger = models.TextField(blank=True)
    responsible = models.ForeignKey("organisation.Person", models.PROTECT, null=True, related_name="+")
    standard = models.TextField(blank=True)
    measure = models.TextField(blank=True)
    due = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(responsible=None, due=None, standard="", measure="")
                | (Q(responsible__isnull=False, due__isnull=False) & ~Q(standard="") & ~Q(measure="")),
                name="assigned_hazard_says_who_until_when_and_how",
            ),
        ]

    def assign(self, *, responsible: Person, due: date, standard: str, measure: str) -> None:
        self.responsible, self.due, self.standard, self.measure = responsible, due, standard, measure
        self.save(update_fields=["responsible", "due", "standard", "measure"])

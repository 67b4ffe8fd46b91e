"""What the plant keeps of an outside company 外委单位, beside its unit in the tree."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.organisation.models import Person, UnitKind


class ContractorQuerySet(models.QuerySet["Contractor"]):
    def visible_to(self, person: Person) -> Self:
        """A contractor's people see their own; everybody of the plant sees all."""
        own = person.unit.at_level(UnitKind.CONTRACTOR)
        return self.filter(unit=own) if own else self.all()

    def active(self) -> Self:
        return self.filter(unit__is_active=True)


class Contractor(models.Model):
    unit = models.OneToOneField("organisation.Unit", models.PROTECT, related_name="contractor")
    scope = models.CharField(_("licensed for"), max_length=200, blank=True)
    valid_until = models.DateField(_("licence valid until"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=80, blank=True)

    objects = ContractorQuerySet.as_manager()

    class Meta:
        ordering = ["unit__code"]

    def __str__(self) -> str:
        return self.unit.name

"""What is maintained, and how it fails."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.organisation.models import Person, UnitKind
from workflows.organisation.roles import places_known_to


class EquipmentQuerySet(models.QuerySet["Equipment"]):
    def visible_to(self, person: Person) -> Self:
        """Equipment of the places that the person knows, and of one's own workshop; nothing for a contractor."""
        workshop = person.unit.at_level(UnitKind.WORKSHOP)
        condition = Q(unit__path__startswith=workshop.path) if workshop else Q(pk__in=[])
        for path in places_known_to(person):
            condition |= Q(unit__path__startswith=path)
        return self.filter(condition)

    def active(self) -> Self:
        return self.filter(is_active=True)


class Equipment(models.Model):
    """One tag 位号. The QR code on it is a link to its page; it supports presence, it does not prove it."""

    tag = models.CharField(_("tag"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="equipment", verbose_name=_("section"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = EquipmentQuerySet.as_manager()

    class Meta:
        ordering = ["tag"]
        constraints = [
            models.CheckConstraint(condition=Q(tag__regex=r"^[^|\s]+$"), name="tag_has_no_bar_or_space"),
        ]

    def __str__(self) -> str:
        return f"{self.tag} {self.name}"


class FailureCodeQuerySet(models.QuerySet["FailureCode"]):
    def visible_to(self, person: Person) -> Self:
        """For the plant; a contractor's people read nothing here."""
        return self.none() if person.unit.at_level(UnitKind.CONTRACTOR) else self.all()

    def active(self) -> Self:
        return self.filter(is_active=True)


class FailureCode(models.Model):
    """How something fails, as the plant codes it. A job without one never counts as a repeat."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = FailureCodeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            # NA is how files say that there is none, and none never matches another none.
            models.CheckConstraint(condition=~Q(code__iexact="NA") & ~Q(code=""), name="failure_code_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

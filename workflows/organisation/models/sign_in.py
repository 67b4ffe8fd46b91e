"""Browsers that are signed in, and whether the plant asks its upper roles for a second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.ledger.clock import now

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class SignedInBy(models.TextChoices):
    PASSWORD = "password", _("password")
    PASSKEY = "passkey", _("passkey")
    OIDC = "oidc", _("the plant's sign-in")
    LDAP = "ldap", _("the plant's directory")


class DeviceQuerySet(models.QuerySet["Device"]):
    def live(self) -> DeviceQuerySet:
        """Not ended, and younger than a session lives."""
        born = now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return self.filter(ended_at=None, signed_in_at__gt=born)

    def visible_to(self, person: Person) -> DeviceQuerySet:
        """One's own and nobody else's."""
        return self.filter(person_id=person.pk)


class Device(models.Model):
    """One signed-in browser, so that its owner can see it and end it from another."""

    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=10, choices=SignedInBy.choices)
    signed_in_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_in_at"]
        indexes = [models.Index(fields=["person"], condition=models.Q(ended_at=None), name="live_devices_of_a_person")]

    def __str__(self) -> str:
        return self.agent


class SignInRule(models.Model):
    """What the plant asks at sign-in; one row, at the top unit. No row asks for nothing more than a password."""

    unit = models.OneToOneField("organisation.Unit", models.PROTECT, related_name="sign_in_rule")
    second_factor = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

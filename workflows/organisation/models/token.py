"""Tokens by which a person's own programs use the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.ledger.clock import now

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> ApiTokenQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=now())

    def visible_to(self, person: Person) -> ApiTokenQuerySet:
        """One's own and nobody else's."""
        return self.filter(person_id=person.pk)


class ApiToken(models.Model):
    """The SHA-256 of a token; the token itself was shown once."""

    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="api_tokens")
    label = models.CharField(_("label"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.label

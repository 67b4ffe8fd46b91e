"""Files and photos that people hand in. The row says what it is and whose; the bytes lie in the storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.ledger import clock

if TYPE_CHECKING:
    from workflows.organisation.models import Person


class Purpose(models.TextChoices):
    BEFORE = "before", _("Before the change")
    AFTER = "after", _("After the change")
    EVIDENCE = "evidence", _("Evidence")
    CALCULATION = "calculation", _("Calculation sheet")
    OTHER = "other", _("Other file")


class DocumentQuerySet(models.QuerySet["Document"]):
    def for_holder(self, holder: str) -> DocumentQuerySet:
        return self.filter(holder=holder).order_by("received_at", "uuid")

    def visible_to(self, person: Person) -> DocumentQuerySet:
        """What the holders' apps can list for them; an app that lists nothing still answers one by one."""
        from workflows.documents.holders import readable_holders

        return self.filter(readable_holders(person))


class Document(models.Model):
    """`uuid` is made by the client, so that a phone that sends twice has sent once."""

    uuid = models.UUIDField(primary_key=True)
    holder = models.CharField(max_length=60)
    purpose = models.CharField(max_length=11, choices=Purpose, default=Purpose.OTHER)
    name = models.CharField(max_length=120)
    mime = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    digest_received = models.CharField(max_length=64)
    digest_kept = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # What the camera says, kept beside the server's own clock and never instead of it.
    taken_at = models.DateTimeField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    uploader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(default=clock.now)
    file = models.FileField(max_length=200)
    thumbnail = models.FileField(max_length=200, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest_received__regex=r"^[0-9a-f]{64}$")
                & models.Q(digest_kept__regex=r"^[0-9a-f]{64}$"),
                name="document_digests_are_sha256_hex",
            ),
            models.CheckConstraint(
                condition=models.Q(holder__regex=r"^[a-z_]+:.+$"), name="document_holder_names_its_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="document_place_is_on_earth",
            ),
        ]
        indexes = [models.Index(fields=["holder", "received_at"], name="documents_of_a_holder")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def suffix(self) -> str:
        """What the kept file is, as people say it: PDF, XLSX."""
        return self.name.rpartition(".")[2].upper()

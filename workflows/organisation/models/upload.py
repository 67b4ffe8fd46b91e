"""An uploaded spreadsheet between its preview and its confirmation; afterwards the record of what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class UploadState(models.TextChoices):
    WAITING = "waiting"
    APPLIED = "applied"
    DISCARDED = "discarded"


class UploadQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Whoever uploaded it; the rows may hold other people's data."""
        return self.filter(uploader_id=person.pk)

    def waiting_for(self, person: Person, pk: int) -> Any:
        """Locked for confirming, if it still waits for its uploader. Raises Refused."""
        held = self.select_for_update(of=("self",)).get(pk=pk, uploader=person)
        if held.state != UploadState.WAITING:
            raise Refused(_("This file was dealt with already. It was recorded once."))
        return held

    def put_away(self, person: Person, pk: int) -> None:
        """Nothing of it comes in; what was confirmed stays so."""
        waiting = self.filter(pk=pk, uploader=person, state=UploadState.WAITING)
        waiting.update(state=UploadState.DISCARDED)


class SpreadsheetUpload(models.Model):
    """What every such file has; what its rows are and what came of them, each app adds."""

    uploader = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.WAITING)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name

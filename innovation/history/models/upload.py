"""An uploaded file of history, between its preview and its confirmation; afterwards the record of what it brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.organisation.models import SpreadsheetUpload


class Upload(SpreadsheetUpload):
    """`content` is what `sheets.reading.Read.as_json` says: the rows as read, before any is believed."""

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    content = models.JSONField()
    awards_made = models.PositiveIntegerField(default=0)
    problems_made = models.PositiveIntegerField(default=0)

    class Meta(SpreadsheetUpload.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | ~Q(state="applied") & Q(applied_at=None, awards_made=0, problems_made=0),
                name="applied_history_has_its_moment",
            )
        ]

"""An uploaded roster between its preview and its confirmation."""

from __future__ import annotations

from django.db import models

from workflows.organisation.models.upload import SpreadsheetUpload


class RosterImport(SpreadsheetUpload):
    """The rows as read, before any is believed. `rows` and `faults` are what `spreadsheets.table.Table` holds."""

    rows = models.JSONField()
    faults = models.JSONField()
    headers = models.JSONField(default=dict)
    ignored = models.JSONField(default=list)

    class Meta(SpreadsheetUpload.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="applied", applied_at__isnull=False)
                | (~models.Q(state="applied") & models.Q(applied_at=None)),
                name="roster_applied_has_its_moment",
            )
        ]

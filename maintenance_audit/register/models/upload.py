"""An uploaded file of equipment, between its preview and its confirmation; afterwards the record of what it brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.organisation.models import SpreadsheetUpload


class EquipmentUpload(SpreadsheetUpload):
    """`content`: {"rows": […], "faults": […], "headers": {key: [letters, header]}, "ignored": […]}."""

    content = models.JSONField()
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    class Meta(SpreadsheetUpload.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | ~Q(state="applied") & Q(applied_at=None, made=0, changed=0),
                name="applied_equipment_has_its_moment",
            )
        ]

"""An uploaded file of equipment, between its preview and its confirmation; afterwards the record of what it brought."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from workflows.organisation.models import Person


class UploadState(models.TextChoices):
    WAITING = "waiting"
    APPLIED = "applied"
    DISCARDED = "discarded"


class EquipmentUploadQuerySet(models.QuerySet["EquipmentUpload"]):
    def visible_to(self, person: Person) -> Self:
        """Whoever uploaded it."""
        return self.filter(uploader_id=person.pk)


class EquipmentUpload(models.Model):
    """`content`: {"rows": […], "faults": […], "headers": {key: [letters, header]}, "ignored": […]}."""

    uploader = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    content = models.JSONField()
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.WAITING)
    applied_at = models.DateTimeField(null=True, blank=True)
    made = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)

    objects = EquipmentUploadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", applied_at__isnull=False)
                | ~Q(state="applied") & Q(applied_at=None, made=0, changed=0),
                name="applied_equipment_has_its_moment",
            )
        ]

    def __str__(self) -> str:
        return self.name

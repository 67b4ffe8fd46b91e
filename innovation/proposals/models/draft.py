"""A proposal as typed so far, one person's own."""

from __future__ import annotations

from django.db import models

from workflows.organisation.models import Person


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, person: Person) -> DraftQuerySet:
        return self.filter(person=person)


class Draft(models.Model):
    """`token` is made by the client; the filing that grows out of it carries the same one."""

    token = models.UUIDField(primary_key=True)
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="proposal_drafts")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        indexes = [models.Index(fields=["person", "-saved_at"], name="draft_by_person")]

    def __str__(self) -> str:
        return str(self.content.get("title") or self.token)

"""What somebody decided: written once, beside its ledger entry, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Decision(models.Model):
    case = models.ForeignKey("engine.Case", models.PROTECT, related_name="decisions")
    step = models.ForeignKey("engine.Step", models.PROTECT, null=True, blank=True, related_name="decisions")
    item = models.ForeignKey("engine.WorkItem", models.PROTECT, null=True, blank=True, related_name="decisions")
    # None: the engine itself, by rule (passed up, lapsed).
    actor = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=24, blank=True)
    verb = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    content_digest = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    token = models.UUIDField(null=True, blank=True)  # of the form it came from: the same form twice counts once
    ledger_seq = models.PositiveIntegerField()
    ledger_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["decided_at", "pk"]
        indexes = [
            models.Index(fields=["case", "decided_at"], name="decision_by_case"),
            models.Index(fields=["actor", "-decided_at"], name="decision_by_actor"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["token"], condition=Q(token__isnull=False), name="a_form_decides_once"),
            models.UniqueConstraint(fields=["case", "ledger_seq"], name="decision_entry_once"),
        ]

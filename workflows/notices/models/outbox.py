"""What is to be told (outbox rows, written beside the fact) and what a person finds in the product (notices)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.ledger import clock
from workflows.notices.models.delivery import Delivery, DeliveryQuerySet, State

if TYPE_CHECKING:
    from workflows.organisation.models import Person


class Channel(models.TextChoices):
    IN_PRODUCT = "in_product", _("on the site")
    MAIL = "mail", _("by mail")


class OutboxQuerySet(DeliveryQuerySet["Outbox"]):
    def due(self, channel: str) -> OutboxQuerySet:
        return self.filter(state=State.WAITING, channel=channel, next_try_at__lte=clock.now()).order_by(
            "next_try_at", "pk"
        )

    def visible_to(self, person: Person) -> OutboxQuerySet:
        """To whoever administers the recipient's unit; what the message says is not theirs to read."""
        from workflows.organisation.models import Person as People

        return self.filter(recipient__in=People.objects.administered_by(person).order_by().values("pk"))


class Outbox(Delivery):
    """One message to one person over one channel. Which words it gets is decided at delivery, by its reader."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "recipient", "channel"], name="told_once_per_person_and_channel"),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="sent_says_when"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_try_at", "id"], condition=models.Q(state="waiting"), name="outbox_waiting"
            ),
            models.Index(fields=["-id"], condition=models.Q(state="failed"), name="outbox_given_up"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient_id} ({self.channel})"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: models.Model) -> NoticeQuerySet:
        return self.filter(recipient_id=person.pk)

    def unread(self) -> NoticeQuerySet:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A line in somebody's list of notices. It keeps event and context: the words follow the reader's language."""

    occurrence = models.OneToOneField(Outbox, models.PROTECT, related_name="notice")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", db_index=False)
    event = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    url = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notices_newest_first"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient_id}"

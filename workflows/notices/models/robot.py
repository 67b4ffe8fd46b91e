"""A group's robot in WeCom, DingTalk or Feishu, and what it is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from workflows.ledger import clock
from workflows.notices.models.delivery import Delivery, DeliveryQuerySet, State

if TYPE_CHECKING:
    from workflows.organisation.models import Person


class RobotKind(models.TextChoices):
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")


class RobotQuerySet(models.QuerySet["Robot"]):
    def overseen_by(self, person: Person) -> RobotQuerySet:
        return self._at(person, "overseen_by")

    def administered_by(self, person: Person) -> RobotQuerySet:
        return self._at(person, "administered_by")

    def _at(self, person: Person, how: str) -> RobotQuerySet:
        from workflows.organisation.models import Unit

        return self.filter(unit__in=getattr(Unit.objects, how)(person).order_by().values("pk"))

    def with_something_to_say(self) -> RobotQuerySet:
        """In use, rested since its last message, and something is due."""
        moment = clock.now()
        due = RobotPost.objects.filter(robot=OuterRef("pk"), state=State.WAITING, next_try_at__lte=moment)
        return self.filter(Exists(due), is_active=True, next_send_at__lte=moment).order_by("next_send_at", "pk")


class Robot(models.Model):
    """Speaks in the group of `unit`. `credential` is sealed: what the vendor gave is never shown again."""

    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=8, choices=RobotKind)
    name = models.CharField(_("name"), max_length=60)
    credential = models.BinaryField()
    signed = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    events = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    # Once a working day: how much is open in the unit, and how much of it late.
    summary_at = models.TimeField(null=True, blank=True)
    summed_up_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    # Vendors count messages a minute: not before this moment does it speak again.
    next_send_at = models.DateTimeField(default=clock.now)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    last_error = models.TextField(blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        ordering = ["unit__path", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="robot_name_once_a_unit"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                name="robot_quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RobotPostQuerySet(DeliveryQuerySet["RobotPost"]):
    def due(self, robot: Robot) -> RobotPostQuerySet:
        return self.filter(robot=robot, state=State.WAITING, next_try_at__lte=clock.now()).order_by("pk")

    def of_talkative_robots(self) -> RobotPostQuerySet:
        """Of robots that are in use and not resting: only these are waited for."""
        return self.filter(robot__is_active=True, robot__next_send_at__lte=clock.now())

    def visible_to(self, person: Person) -> RobotPostQuerySet:
        return self.filter(robot__in=Robot.objects.administered_by(person).order_by().values("pk"))


class RobotPost(Delivery):
    """One occurrence that one robot is to tell its group."""

    robot = models.ForeignKey(Robot, models.PROTECT, related_name="posts")

    objects = RobotPostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["robot", "key"], name="a_robot_is_given_it_once"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="robot_post_sent_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["robot", "next_try_at"], condition=Q(state="waiting"), name="robot_posts_waiting"),
        ]

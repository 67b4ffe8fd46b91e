"""Roles held at a unit, with dates."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from workflows.ledger.clock import now

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class Role(models.TextChoices):
    """What people of a plant are asked to do. Everyone with an account may propose; that needs no row."""

    TEAM_LEADER = "team_leader", _("Team leader")
    SECTION_CHIEF = "section_chief", _("Section chief")
    WORKSHOP_REVIEWER = "workshop_reviewer", _("Workshop reviewer")
    JUDGE = "judge", _("Judge")
    INNOVATION_OFFICER = "innovation_officer", _("Innovation officer")
    FINANCE_VERIFIER = "finance_verifier", _("Finance verifier")
    MAINTENANCE_PLANNER = "maintenance_planner", _("Maintenance planner")
    INSPECTOR = "inspector", _("Inspector")
    AUDIT_LEAD = "audit_lead", _("Audit lead")
    UNION_REPRESENTATIVE = "union_representative", _("Union representative")
    CONTRACTOR = "contractor", _("Contractor's person")
    OBSERVER = "observer", _("Observer")
    RULE_DRAFTER = "rule_drafter", _("Rule drafter")
    RULE_PUBLISHER = "rule_publisher", _("Rule publisher")
    ADMINISTRATOR = "administrator", _("Administrator")


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class RoleHoldingQuerySet(models.QuerySet["RoleHolding"]):
    def in_force(self, at: datetime | None = None) -> RoleHoldingQuerySet:
        moment = at or now()
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=moment), starts_at__lte=moment, person__is_active=True)

    def not_over(self) -> RoleHoldingQuerySet:
        """In force or still to begin."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now()))

    def visible_to(self, person: Person) -> RoleHoldingQuerySet:
        """One's own, and those at the places that one sees or administers."""
        from workflows.organisation.roles import places_known_to

        condition = Q(person=person)
        for path in places_known_to(person):
            condition |= Q(unit__path__startswith=path)
        return self.filter(condition)


class RoleHolding(models.Model):
    """Somebody holds a role at a unit from a moment on, until another or until further notice."""

    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="holdings")
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="holdings", verbose_name=_("at unit"))
    weight = models.PositiveSmallIntegerField(_("voting weight"), default=1)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = RoleHoldingQuerySet.as_manager()

    class Meta:
        ordering = ["unit__path", "role", "starts_at"]
        indexes = [models.Index(fields=["role", "unit"], name="holding_by_role_and_unit")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="holding_ends_after_it_starts"
            ),
            ExclusionConstraint(
                name="one_holding_of_a_role_at_a_time",
                expressions=[
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("person", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= now()

    @property
    def is_to_come(self) -> bool:
        return not self.is_over and self.starts_at > now()

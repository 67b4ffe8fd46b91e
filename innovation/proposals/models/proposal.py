"""A proposal: what the engine's case is about. Its status moves by the guarded verbs here and in no other way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.proposals import canonical, effect
from workflows.engine.models import Case
from workflows.organisation.models import Person, UnitKind
from workflows.store.gathering import change


class WrongStatus(Exception):
    """The verb is not open from the proposal's present status. Nothing was changed."""

    def __init__(self, proposal: Proposal, verb: str) -> None:
        super().__init__(f"proposal {proposal.pk} is {proposal.status}: cannot {verb}")
        self.status, self.verb = proposal.status, verb


class Category(models.TextChoices):
    TECHNOLOGY = "technology", _("Technology")
    MANAGEMENT = "management", _("Management")
    SAFETY = "safety", _("Safety")
    ENERGY = "energy", _("Energy saving")
    QUALITY = "quality", _("Quality")
    SMALL_IMPROVEMENT = "small_improvement", _("Small improvement")


class Level(models.TextChoices):
    TEAM = "team", _("Team")
    SECTION = "section", _("Section")
    WORKSHOP = "workshop", _("Workshop")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, person: Person) -> ProposalQuerySet:
        return self.filter(case__in=Case.objects.visible_to(person))

    def written_by(self, person: Person) -> ProposalQuerySet:
        """As first author or co-author."""
        return self.filter(authorships__person=person)


class Proposal(models.Model):
    class Status(models.TextChoices):
        FILED = "filed", _("Under review")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        IMPLEMENTING = "implementing", _("Being implemented")
        IMPLEMENTED = "implemented", _("Implemented")
        VERIFIED = "verified", _("Effect verified")

    ACCEPTED_STATUSES = (Status.ACCEPTED, Status.IMPLEMENTING, Status.IMPLEMENTED, Status.VERIFIED)

    case = models.OneToOneField("engine.Case", models.PROTECT, related_name="proposal")
    category = models.CharField(_("category"), max_length=20, choices=Category.choices)
    problem = models.ForeignKey("proposals.Problem", models.PROTECT, null=True, blank=True, related_name="proposals")
    also_solves = models.ManyToManyField("proposals.Problem", related_name="also_solved_by")  # said when it is done
    present_state = models.TextField(_("present state"))
    method = models.TextField(_("method"))
    equipment = models.CharField(_("equipment tag"), max_length=60, blank=True)
    cost = models.DecimalField(_("one-off cost"), max_digits=14, decimal_places=2, default=Decimal(0))
    # The sum of the lines as the author filed them. The verified benefit is another field and never touches it.
    forecast_benefit = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.FILED)
    accepted_level = models.CharField(max_length=8, choices=Level.choices, blank=True)

    implementer = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    implementation_due = models.DateField(null=True, blank=True)
    implemented_at = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    saving = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    added_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    investment = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    investment_years = models.PositiveSmallIntegerField(default=3)  # of the pinned rules
    verified_benefit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    reverify_on = models.DateField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-case__filed_at"]
        indexes = [
            models.Index(fields=["category", "status"], name="proposal_by_category"),
            models.Index(fields=["verified_at"], name="proposal_by_verification"),
            models.Index(fields=["reverify_on"], name="proposal_to_reverify", condition=Q(reverify_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(method=""), name="proposal_has_a_method"),
            models.CheckConstraint(condition=Q(cost__gte=0), name="cost_is_not_negative"),
            models.CheckConstraint(condition=Q(investment_years__gte=1), name="investment_spreads_over_a_year_or_more"),
            models.CheckConstraint(
                condition=Q(status__in=["accepted", "implementing", "implemented", "verified"])
                & Q(accepted_level__in=["team", "section", "workshop"])
                | Q(status__in=["filed", "rejected", "withdrawn"], accepted_level=""),
                name="accepted_proposal_says_at_which_level",
            ),
            models.CheckConstraint(
                condition=~Q(status="implementing") | Q(implementer__isnull=False, implementation_due__isnull=False),
                name="implementation_has_owner_and_due_date",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["implemented", "verified"], implemented_at__isnull=False)
                | ~Q(status__in=["implemented", "verified"]) & Q(implemented_at=None),
                name="implemented_proposal_says_when",
            ),
            models.CheckConstraint(
                condition=Q(saving=None, added_cost=None, investment=None)
                # Each said twice: a NULL compared is neither true nor false, and would let a half report through.
                | Q(
                    saving__isnull=False,
                    added_cost__isnull=False,
                    investment__isnull=False,
                    saving__gte=0,
                    added_cost__gte=0,
                    investment__gte=0,
                ),
                name="effect_is_reported_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="verified",
                    verified_at__isnull=False,
                    verified_benefit__isnull=False,
                    reverify_on__isnull=False,
                )
                | ~Q(status="verified")
                & Q(verified_at=None, verified_benefit=None, verified_by=None, reverify_on=None),
                name="verified_only_with_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)

    # Verbs: what is allowed from where. -----------------------------------------------------------------------------

    def accept(self, *, level: str) -> None:
        """Accept at this level; from now on the whole workshop may read it."""
        self._require("accept", self.Status.FILED)
        self._set(status=self.Status.ACCEPTED, accepted_level=Level(level))
        self._share_with_workshop()

    def unaccept(self) -> None:
        """Take the acceptance back before anything was planned; the workshop no longer reads it by right."""
        self._require("take the acceptance back", self.Status.ACCEPTED)
        self._set(status=self.Status.FILED, accepted_level="")
        self.case.shared_under = None
        change(self.case, "shared_under")

    def reject(self) -> None:
        self._require("reject", self.Status.FILED)
        self._set(status=self.Status.REJECTED)

    def reopen(self) -> None:
        """Put a rejected proposal back under review: its author appealed."""
        self._require("reopen", self.Status.REJECTED)
        self._set(status=self.Status.FILED)

    def withdraw(self) -> None:
        self._require("withdraw", self.Status.FILED)
        self._set(status=self.Status.WITHDRAWN)

    def plan(self, *, implementer: Person, due: date) -> None:
        """Name who carries it out and until when; may be planned anew, and what was done by then stays done."""
        self._require("plan", self.Status.ACCEPTED, self.Status.IMPLEMENTING, self.Status.IMPLEMENTED)
        done = self.status == self.Status.IMPLEMENTED
        status = self.Status.IMPLEMENTED if done else self.Status.IMPLEMENTING
        self._set(status=status, implementer=implementer, implementation_due=due)

    def implement(self, *, note: str, at: datetime) -> None:
        """Say what was done; may be said anew until the effect is verified."""
        self._require("implement", self.Status.IMPLEMENTING, self.Status.IMPLEMENTED)
        self._set(status=self.Status.IMPLEMENTED, evidence=note, implemented_at=at)

    def report_effect(self, *, saving: Decimal, added_cost: Decimal, investment: Decimal) -> None:
        """State the measured sums; may be corrected until they are verified."""
        self._require("report the effect", self.Status.IMPLEMENTED)
        self._set(saving=saving, added_cost=added_cost, investment=investment)

    def verify(self, *, by: Person | None, at: datetime, reverify_months: int = 12) -> None:
        """Confirm the reported sums: the verified benefit is their net, and the day to look again is set."""
        if self.saving is None:
            raise WrongStatus(self, "verify without a reported effect")
        self._require("verify", self.Status.IMPLEMENTED)
        self._set(
            status=self.Status.VERIFIED,
            verified_benefit=self.reported_benefit,
            verified_at=at,
            verified_by=by,
            reverify_on=effect.months_later(effect.plant_day(at), reverify_months),
        )

    @property
    def reported_benefit(self) -> Decimal | None:
        """Net annual benefit of the reported sums, or None before they are reported."""
        if self.saving is None or self.added_cost is None or self.investment is None:
            return None
        return effect.net_annual_benefit(self.saving, self.added_cost, self.investment, self.investment_years)

    @property
    def investment_a_year(self) -> Decimal | None:
        """For showing: this year's part, rounded; the benefit is rounded once, from the exact value."""
        if self.investment is None:
            return None
        return -effect.net_annual_benefit(Decimal(0), Decimal(0), self.investment, self.investment_years)

    def digest(self) -> str:
        """SHA-256 of the content as filed: what approvals stand on. Status and effect are no part of it."""
        from workflows.documents.models import Document

        papers = Document.objects.filter(holder=f"case:{self.case_id}").exclude(purpose="evidence")
        return canonical.digest(
            title=self.case.title,
            category=self.category,
            problem=self.problem.number if self.problem else "",
            present_state=self.present_state,
            method=self.method,
            equipment=self.equipment,
            cost=self.cost,
            lines=self.lines.values_list("label", "kind", "quantity", "unit_value"),
            authors=self.authorships.values_list("person__employee_no", "share"),
            documents=papers.values_list("pk", flat=True),
        )

    def _require(self, verb: str, *statuses: str) -> None:
        if self.status not in statuses:
            raise WrongStatus(self, verb)

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        change(self, *fields)

    def _share_with_workshop(self) -> None:
        self.case.shared_under = self.case.unit.at_level(UnitKind.WORKSHOP)
        change(self.case, "shared_under")

"""A finding 问题: what a claim is short of, who answers, until when it is put right, and what it holds."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maintenance_audit.register.models import Severity
from workflows.engine.models.case import Case
from workflows.engine.models.row import CaseRow, CaseRowQuerySet
from workflows.engine.models.step import Step
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person
from workflows.store.gathering import change

GRAVER = {Severity.MINOR: Severity.MAJOR, Severity.MAJOR: Severity.CRITICAL}
RANK = {severity: place for place, severity in enumerate(Severity)}


class WrongMoment(Exception):
    """The verb is not open as the finding stands. Nothing was changed."""


class Origin(models.TextChoices):
    DRAWN = "drawn", _("A drawn job")
    POINTED = "pointed", _("A job that workers pointed at")
    REPEAT = "repeat", _("A repeat repair")
    UPPER = "upper", _("An upper tier")
    MONTHLY = "monthly", _("A monthly check")


class FindingQuerySet(CaseRowQuerySet):
    def standing(self) -> Self:
        """Neither withdrawn nor closed."""
        return self.filter(withdrawn_at=None, closed_at=None)

    def overdue(self) -> Self:
        return self.filter(overdue(timezone.localdate(now())))


class Finding(CaseRow):
    """Where it stands is its case's; severity is only ever raised, and why is on record."""

    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="findings")
    claim = models.ForeignKey("jobs.Claim", models.PROTECT, null=True, blank=True, related_name="findings")
    drawn_job = models.ForeignKey("lots.DrawnJob", models.PROTECT, null=True, blank=True, related_name="findings")
    contractor = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    origin = models.CharField(max_length=8, choices=Origin)
    verdict = models.CharField(max_length=13)  # nonconforming, cannot
    severity = models.CharField(max_length=8, choices=Severity)
    first_severity = models.CharField(max_length=8, choices=Severity)
    nature = models.CharField(max_length=20, blank=True)
    facts = models.TextField()
    found_at = models.DateTimeField()  # of comparing: its clocks begin here
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_why = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    failed_rechecks = models.PositiveSmallIntegerField(default=0)
    # A critical one could not hold the settlement: it had been paid before.
    unheld_why = models.CharField(max_length=200, blank=True)
    # The five parts 五定 of the rectification order: who, until when, who answers, to what standard, by what measure.
    rectifier = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    answers = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    rectify_by = models.DateField(null=True, blank=True)
    standard = models.TextField(blank=True)
    measure = models.TextField(blank=True)

    objects = FindingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        indexes = [
            models.Index(fields=["contractor", "-found_at"], name="finding_by_contractor"),
            models.Index(fields=["found_at"], name="finding_by_day"),
            models.Index(fields=["job"], name="open_finding_by_job", condition=Q(closed_at=None, withdrawn_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["drawn_job", "claim"],
                condition=Q(drawn_job__isnull=False),
                name="finding_once_a_claim_and_draw",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="withdrawn_finding_says_why",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_why="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_why="")),
                name="confirmed_finding_says_why",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(withdrawn_at=None), name="finding_is_confirmed_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("confirmed_at")), name="closed_finding_was_confirmed"
            ),
            models.CheckConstraint(
                condition=Q(rectifier=None, answers=None, rectify_by=None, standard="", measure="")
                | (
                    Q(rectifier__isnull=False, answers__isnull=False, rectify_by__isnull=False)
                    & ~Q(standard="")
                    & ~Q(measure="")
                ),
                name="rectification_order_has_five_parts",
            ),
        ]

    def days_given(self) -> int:
        """How often a new day was set since the order: by a failed re-check, or granted. Overdue anew is told anew."""
        return self.failed_rechecks + self.extensions.filter(granted=True).count()  # type: ignore[attr-defined, no-any-return]

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and self.closed_at is None

    # Verbs, each with its entry in the case's chain. -----------------------------------------------------------------

    def confirm(self, *, by: Person, why: str) -> None:
        self._require(self.is_open and self.confirmed_at is None)
        self._set(confirmed_at=now(), confirmed_why=why)
        self.record("confirmed", by=by.employee_no, why=why, severity=self.severity)

    def order(
        self, *, by: Person, rectifier: Person, answers: Person, rectify_by: date, standard: str, measure: str
    ) -> None:
        """The rectification order, all five parts of it."""
        self._require(self.is_open and self.confirmed_at is not None)
        self._set(rectifier=rectifier, answers=answers, rectify_by=rectify_by, standard=standard, measure=measure)
        said = {"rectifier": rectifier.employee_no, "answers": answers.employee_no, "rectify_by": str(rectify_by)}
        self.record("ordered", by=by.employee_no, standard=standard, measure=measure, **said)

    def withdraw(self, *, by: Person | None, why: str) -> None:
        self._require(self.is_open and self.confirmed_at is None)
        self._set(withdrawn_at=now(), withdrawn_why=why)
        self.record("withdrawn", by=by.employee_no if by else None, why=why)

    def reopen(self, *, rectify_by: date) -> None:
        """A re-check failed: it is put right anew, until a new day."""
        self._require(self.is_open and self.rectify_by is not None)
        self._set(failed_rechecks=self.failed_rechecks + 1, rectify_by=rectify_by)
        self.record("reopened", failed=self.failed_rechecks, rectify_by=str(rectify_by))

    def extend(self, *, until: date, by: Person, why: str) -> None:
        """More time, granted: put right by a later day."""
        self._require(self.is_open and self.rectify_by is not None and until > self.rectify_by)
        before = self.rectify_by
        self._set(rectify_by=until)
        self.record("extended", by=by.employee_no, before=str(before), until=str(until), why=why)

    def become(self, severity: str, *, why: str) -> bool:
        """Graver than it was; never less. Says whether it changed."""
        if not self.is_open or RANK[Severity(severity)] <= RANK[Severity(self.severity)]:
            return False
        before, self.severity = self.severity, severity
        change(self, "severity")
        self.record("raised", before=before, severity=severity, why=why)
        return True

    def close(self) -> None:
        self._require(self.is_open and self.confirmed_at is not None)
        self._set(closed_at=now())
        self.record("closed", failed=self.failed_rechecks)

    def paid_before(self, why: str) -> None:
        """It could not hold what had been settled."""
        self._set(unheld_why=why[:200])
        self.record("settled_before", why=why)

    def record(self, event: str, **facts: Any) -> None:
        append(subject=f"case:{self.case_id}", event=f"maintenance_audit.finding.{event}", payload=facts)  # type: ignore[attr-defined]

    def _require(self, holds: bool) -> None:
        if not holds:
            raise WrongMoment(f"finding {self.pk}")

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        change(self, *fields)


class Told(models.Model):
    """Whom a finding had to reach, once each: the section of a major one, the workshop of a critical one, and the rungs
    of being overdue. `round`: how many new days were given; being overdue anew is told anew."""

    class What(models.TextChoices):
        MAJOR = "major", _("Major: the section is told")
        CRITICAL = "critical", _("Critical: the workshop is told")
        SECTION = "section", _("Overdue: the section is told")
        WORKSHOP = "workshop", _("Overdue: the workshop is told")
        HOLD = "hold", _("Overdue: settlement is held")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="told")
    what = models.CharField(max_length=8, choices=What)
    round = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["finding", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "what", "round"], name="finding_told_once_a_round")]


# Overdue, the one definition: ordered to be put right by a day that is over, and nothing handed in since. Whose case is
# held stands still; what is handed in waits for the re-check, and a re-check that fails sets a new day.
AT_WORK = "rectification"


def overdue(today: date) -> Q:
    """As a condition on findings, whatever else is asked of them."""
    at_work = Step.objects.filter(node=AT_WORK, closed_at=None).exclude(case__state=Case.State.HELD)
    return Q(rectify_by__lt=today, closed_at=None, withdrawn_at=None, case__in=at_work.order_by().values("case"))


def overdue_days(finding: Finding, node: str | None, today: date) -> int:
    """The same of one that stands at this step: calendar days past its day, 0 while it is not overdue."""
    if finding.rectify_by is None or node != AT_WORK or not finding.is_open or finding.case.state == Case.State.HELD:
        return 0
    return max(0, (today - finding.rectify_by).days)


__all__ = ["AT_WORK", "GRAVER", "RANK", "Finding", "Origin", "Told", "WrongMoment", "overdue", "overdue_days"]

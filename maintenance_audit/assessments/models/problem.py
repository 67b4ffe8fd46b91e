"""The problem register 问题清单: what is wrong with a process, never who. Fed by findings and checks."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person, UnitKind
from workflows.store.gathering import change


class ProcessProblemQuerySet(models.QuerySet["ProcessProblem"]):
    def visible_to(self, person: Person) -> Self:
        """For everybody of the workshop, and above it; a contractor's people have no register."""
        if person.unit.at_level(UnitKind.CONTRACTOR) is not None:
            return self.none()
        return self.filter(Q(workshop__in=person.unit.ancestor_ids) | Q(workshop__path__startswith=person.unit.path))


class ProcessProblem(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("No measure yet")
        MEASURED = "measured", _("Measure under way")
        CLOSED = "closed", _("Solved, it works")

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    process = models.CharField(_("process"), max_length=60)
    text = models.TextField(_("what is wrong with it"))
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    measure = models.TextField(_("measure"), blank=True)
    due = models.DateField(_("by"), null=True, blank=True)
    result = models.TextField(_("what it brought"), blank=True)
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True, unique=True)  # of the form: sent twice, it is one problem

    objects = ProcessProblemQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(process="") & ~Q(text=""), name="process_problem_says_what"),
            models.CheckConstraint(
                condition=Q(status="open") | (~Q(measure="") & Q(due__isnull=False)), name="measured_problem_says_how"
            ),
            models.CheckConstraint(
                condition=(Q(status="closed", closed_at__gte=F("raised_at")) & ~Q(result=""))
                | (~Q(status="closed") & Q(closed_at=None)),
                name="solved_problem_says_what_came_of_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.process}"

    @property
    def number(self) -> str:
        return f"QD-{self.pk:04d}"

    @classmethod
    def raise_new(
        cls, *, by: Person, workshop: Any, process: str, text: str, token: UUID | None = None
    ) -> ProcessProblem:
        row = cls(workshop=workshop, process=process, text=text, raised_at=now(), token=token)
        row.save(force_insert=True)
        row.record("raised", by=by.employee_no, process=process, text=text)
        return row

    def plan(self, *, by: Person, measure: str, due: Any) -> bool:
        """A measure, or another one; a solved problem that came back is under way again."""
        self._set(status=self.Status.MEASURED, measure=measure, due=due, closed_at=None)
        self.record("planned", by=by.employee_no, measure=measure, due=str(due))
        return True

    def close(self, *, by: Person, result: str) -> bool:
        if self.status != self.Status.MEASURED:
            return False
        self._set(status=self.Status.CLOSED, result=result, closed_at=now())
        self.record("closed", by=by.employee_no, result=result)
        return True

    def feed(self, *, by: Person, findings: Any = (), shortfalls: Any = ()) -> int:
        """What shows it once more. Returns how many were new; one belongs to one problem."""
        rows = [Sign(problem=self, finding=one, at=now()) for one in findings]
        rows += [Sign(problem=self, shortfall=one, at=now()) for one in shortfalls]
        before = self.signs.count()  # type: ignore[attr-defined]
        Sign.objects.bulk_create(rows, ignore_conflicts=True)
        made = self.signs.count() - before  # type: ignore[attr-defined]
        if made:
            self.record("fed", by=by.employee_no, signs=[row.number for row in rows])
        return int(made)

    def record(self, event: str, **facts: Any) -> None:
        append(subject=f"process_problem:{self.pk}", event=f"maintenance_audit.process_problem.{event}", payload=facts)

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        change(self, *fields)


class Sign(models.Model):
    """A finding, or what a check found, by which the problem shows."""

    problem = models.ForeignKey(ProcessProblem, models.PROTECT, related_name="signs")
    finding = models.OneToOneField("findings.Finding", models.PROTECT, null=True, blank=True, related_name="sign")
    shortfall = models.OneToOneField(
        "assessments.Shortfall", models.PROTECT, null=True, blank=True, related_name="sign"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["problem", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finding=None, shortfall__isnull=False) | Q(finding__isnull=False, shortfall=None),
                name="sign_is_a_finding_or_a_shortfall",
            ),
        ]

    @property
    def number(self) -> str:
        """Of the case in which it was found."""
        if self.finding is not None:
            return str(self.finding.case.number)
        assert self.shortfall is not None
        return str(self.shortfall.assessment.case.number)

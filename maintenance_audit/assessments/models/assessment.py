"""A monthly check and assessment 月度检查考核 of a section or a contractor, by the checklist of the pinned rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from workflows.engine.models.row import CaseRow, CaseRowQuerySet
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.models import Person, UnitKind
from workflows.store.gathering import change


class WrongMoment(Exception):
    """The verb is not open as the row stands. Nothing was changed."""


class AssessmentQuerySet(CaseRowQuerySet):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def told_to(self, person: Person) -> Self:
        """Published scores are for everybody of the workshop; a contractor's people have their own. What is not
        published yet is seen by whoever sees its case."""
        firm = person.unit.at_level(UnitKind.CONTRACTOR)
        if firm is not None:
            return self.visible_to(person).filter(unit=firm)
        own = Q(published_at__isnull=False, workshop__in=person.unit.ancestor_ids)
        above = Q(published_at__isnull=False, workshop__path__startswith=person.unit.path)
        return self.filter(own | above) | self.visible_to(person)


class Assessment(CaseRow):
    """`score` of `full` points once scored; `grade` and `effect` as the rules name them, once published."""

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="assessments")  # who is assessed
    month = models.DateField()  # its first day
    score = models.PositiveIntegerField(null=True, blank=True)
    full = models.PositiveIntegerField(null=True, blank=True)
    scored_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(blank=True)
    reply_accepts = models.BooleanField(null=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    effect = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-month", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "unit", "month"], name="one_assessment_a_unit_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="assessed_month_is_its_first_day"),
            models.CheckConstraint(
                condition=Q(score=None, full=None, scored_at=None)
                | Q(score__isnull=False, full__gte=F("score"), scored_at__isnull=False),
                name="score_is_within_its_points",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, grade="")
                | (Q(score__isnull=False, published_at__isnull=False) & ~Q(grade="")),
                name="published_assessment_has_a_grade",
            ),
        ]

    @property
    def is_of_contractor(self) -> bool:
        return bool(self.unit.kind == UnitKind.CONTRACTOR)

    @property
    def percent(self) -> int | None:
        """Whole per cent, rounded down."""
        return self.score * 100 // self.full if self.score is not None and self.full else None

    def mark(self, marks: Iterable[Mark], *, by: Person) -> None:
        """What was scored; sent back it is scored anew, and what stood before stays in the chain."""
        self._require(self.published_at is None)
        rows = list(marks)
        Mark.objects.filter(assessment=self).delete()
        Mark.objects.bulk_create(rows)
        self._set(
            score=sum(row.points - row.lost for row in rows), full=sum(row.points for row in rows), scored_at=now()
        )
        lost = [{"key": row.key, "lost": row.lost, "note": row.note, "job": row.job_number} for row in rows if row.lost]
        self.record("scored", by=by.employee_no, score=self.score, full=self.full, lost=lost)

    def answer(self, *, by: Person, words: str, accepts: bool) -> None:
        self._require(self.published_at is None and self.score is not None)
        self._set(reply=words, reply_accepts=accepts, replied_at=now())
        self.record("replied", by=by.employee_no, words=words, accepts=accepts)

    def publish(self, *, by: Person | None, grade: str, effect: str) -> None:
        self._require(self.published_at is None and self.score is not None)
        self._set(grade=grade, effect=effect, published_at=now())
        said = {"score": self.score, "full": self.full, "grade": grade, "effect": effect}
        self.record("published", by=by.employee_no if by else None, **said)

    def record(self, event: str, **facts: Any) -> None:
        append(subject=f"case:{self.case_id}", event=f"maintenance_audit.assessment.{event}", payload=facts)  # type: ignore[attr-defined]

    def _require(self, holds: bool) -> None:
        if not holds:
            raise WrongMoment(f"assessment {self.pk}")

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        change(self, *fields)


class Mark(models.Model):
    """One item of the checklist, with its words and points as they were, and what was lost of them."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="marks")
    place = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=20)
    text = models.CharField(max_length=120)
    points = models.PositiveSmallIntegerField()
    lost = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=400, blank=True)
    due = models.DateField(null=True, blank=True)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, blank=True, related_name="+")
    digests = models.JSONField(default=list, blank=True)  # of the photos that came with it

    class Meta:
        ordering = ["assessment", "place"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "place"], name="mark_place_once"),
            models.CheckConstraint(condition=Q(lost__lte=F("points")), name="no_more_is_lost_than_there_is"),
            models.CheckConstraint(
                condition=Q(lost=0) | (~Q(note="") & Q(due__isnull=False)), name="lost_points_say_why_and_until_when"
            ),
        ]

    @property
    def job_number(self) -> str:
        return self.job.number if self.job else ""


class Shortfall(models.Model):
    """A problem that the check found 检查问题. One about a job is a finding; the rest is put right here."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="shortfalls")
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=400)
    due = models.DateField()
    finding = models.OneToOneField("findings.Finding", models.PROTECT, null=True, blank=True, related_name="shortfall")
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, blank=True, related_name="+")
    done = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["assessment", "place"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "place"], name="shortfall_place_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, done="") | (Q(done_at__isnull=False) & ~Q(done="")),
                name="done_shortfall_says_what",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None) | Q(done_at__isnull=False), name="verified_shortfall_was_done"
            ),
        ]

    def is_overdue(self, today: date) -> bool:
        return self.verified_at is None and self.finding_id is None and self.due < today  # type: ignore[attr-defined]


__all__ = ["Assessment", "Mark", "Shortfall", "WrongMoment"]

"""The rows behind each number that `counting` counts: the same words as conditions, over what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.aggregates import BoolAnd
from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from maintenance_audit.findings.models import Finding, Reply, overdue
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Job, JobState, SettlementHold
from maintenance_audit.lots.models import DrawnJob, Lot
from maintenance_audit.lots.models.draw import COUNTED
from workflows.ledger.clock import now
from workflows.organisation.models import Person
from workflows.reports.cockpit.counting import following

LATE = Q(completed_at__isnull=False, completed_on__gt=F("planned_end"))
WORKED = Q(hours__gt=0)
JOBS: Mapping[str, Q] = {
    "jobs": Q(),
    "hours": WORKED,
    "amount": Q(settled_amount__isnull=False) & ~Q(settled_amount=0),
    "uncoded": Q(first_failure_code=None),
    "repeats": Q(repeats__isnull=False),
    "repeat_hours": WORKED & Q(repeats__isnull=False),
    "planned": Q(planned_end__isnull=False, completed_at__isnull=False),
    "late_jobs": LATE,
    "refused": Q(refusals__gt=0),
}
LOTS: Mapping[str, Q] = {"lots": Q(), "lots_accepted": Q(accepted=True)}
DRAWN: Mapping[str, Q] = {"checked": Q(), "bad_jobs": Q(result="nonconforming")}
CLAIMS: Mapping[str, Q] = {
    "claims": ~Q(verdict="cannot") | Q(cleared=True),
    "bad_claims": Q(verdict="nonconforming", cleared=False),
    "cannot": Q(verdict="cannot", cleared=False),
}
STANDS = Q(withdrawn_at=None)
FINDINGS: Mapping[str, Q] = {
    "found": Q(),
    "minor": STANDS & Q(severity="minor"),
    "major": STANDS & Q(severity="major"),
    "critical": STANDS & Q(severity="critical"),
    "withdrawn": Q(withdrawn_at__isnull=False),
    "replied": Q(replied=True),
    "upheld": Q(upheld=True),
    "closed": STANDS & Q(closed_at__isnull=False),
    "ordered": Q(rectify_by__isnull=False),
    "closed_late": STANDS & Q(closed_on__gt=F("rectify_by")),
}


class Behind:
    """Rows of these months at or under a unit, of one contractor or of all."""

    def __init__(
        self, person: Person, path: str, first: date, end: date, party: int | None = None, *, own: bool = False
    ) -> None:
        """`end`: the day after the last. `own`: `party` is the firm that the person is of, who see all of its own."""
        self.person, self.path, self.first, self.end, self.party, self.own = person, path, first, end, party, own

    @property
    def period(self) -> tuple[date, date]:
        return self.first, self.end

    def of(self, name: str) -> QuerySet[Any] | None:
        for known, rows in (
            (JOBS, self.jobs),
            (LOTS, self.lots),
            (DRAWN, self.drawn),
            (CLAIMS, self.claims),
            (FINDINGS, self.findings),
        ):
            if name in known:
                return rows().filter(known[name])
        return None

    def _own(self, model: Any) -> QuerySet[Any]:
        """By place in the unit tree; a contractor's people see their own firm's, wherever it worked."""
        rows = model._default_manager
        return rows.filter(contractor=self.party) if self.own else rows.visible_to(self.person)

    def _firm(self, found: QuerySet[Any], where: str) -> QuerySet[Any]:
        return found.filter(**{where: self.party}) if self.party is not None else found

    def all_jobs(self) -> QuerySet[Any]:
        """Whenever accepted."""
        found = Job.objects.visible_to(self.person).filter(section__path__startswith=self.path)
        return self._firm(found, "contractor")

    def held(self) -> QuerySet[Any]:
        """Jobs whose settlement is held now, whenever accepted."""
        holds = SettlementHold.objects.standing().filter(job=OuterRef("pk"))
        found = self.all_jobs().filter(Exists(holds)).annotate(completed_on=TruncDate("completed_at"))
        return found.select_related("contractor", "equipment", "first_failure_code", "section").order_by("-pk")

    def jobs(self) -> QuerySet[Any]:
        found = Job.objects.visible_to(self.person).filter(
            section__path__startswith=self.path, accepted_on__gte=self.first, accepted_on__lt=self.end,
            contractor__isnull=False,
        )  # fmt: skip
        found = found.exclude(state=JobState.CANCELLED).annotate(completed_on=TruncDate("completed_at"))
        found = found.select_related("contractor", "equipment", "first_failure_code", "section")
        return self._firm(found, "contractor").order_by("-accepted_on", "-pk")

    def lots(self) -> QuerySet[Any]:
        found = self._own(Lot).filter(
            workshop__path__startswith=self.path, month__gte=self.first, month__lt=self.end,
            decided_at__isnull=False, resubmits=None,
        )  # fmt: skip
        return self._firm(found, "contractor").select_related("case", "contractor", "workshop").order_by("-month", "pk")

    def drawn(self) -> QuerySet[Any]:
        """Drawn jobs of the teams' tier of decided lots, extras left out."""
        found = (
            self._drawn()
            .exclude(result="")
            .select_related(
                "draw__lot__case", "draw__lot__contractor", "lot_job__job__equipment", "lot_job__job__section"
            )
        )
        return found.order_by("-draw__lot__month", "draw__lot", "place")

    def _drawn(self) -> QuerySet[Any]:
        jobs = Job.objects.visible_to(self.person).filter(section__path__startswith=self.path)
        found = DrawnJob.objects.filter(
            draw__tier=1, why__in=COUNTED, draw__lot__decided_at__isnull=False, draw__lot__resubmits=None,
            draw__lot__month__gte=self.first, draw__lot__month__lt=self.end,
            lot_job__job__in=jobs.order_by().values("pk"),
        )  # fmt: skip
        return self._firm(found, "draw__lot__contractor")

    def claims(self) -> QuerySet[Any]:
        """What stands of each claim: the ruling of the highest tier that ruled on it. `cleared`: all that was found of
        it was withdrawn."""
        higher = Ruling.objects.filter(
            claim=OuterRef("claim"), drawn_job__lot_job=OuterRef("drawn_job__lot_job"),
            drawn_job__draw__tier__gt=OuterRef("drawn_job__draw__tier"),
        )  # fmt: skip
        found = Ruling.objects.filter(drawn_job__lot_job__in=self._drawn().order_by().values("lot_job"))
        found = (
            found.filter(~Exists(higher))
            .annotate(cleared=_cleared("claim"))
            .select_related("claim__job__contractor", "drawn_job__draw__lot__case", "claim__job__section")
        )
        return found.order_by("-drawn_job__draw__lot__month", "claim__job", "claim__place", "pk")

    def findings(self) -> QuerySet[Any]:
        replies = Reply.objects.filter(finding=OuterRef("pk"))
        found = self._own(Finding).filter(
            job__section__path__startswith=self.path,
            found_at__gte=_midnight(self.first),
            found_at__lt=_midnight(self.end),
        )
        found = found.annotate(
            replied=Exists(replies), upheld=Exists(replies.filter(upheld=True)), closed_on=TruncDate("closed_at")
        )
        return self._firm(found.select_related("case", "contractor", "job"), "contractor").order_by("-found_at", "-pk")

    def open_findings(self, *, late: bool = False, severity: str = "") -> QuerySet[Any]:
        """Neither closed nor withdrawn now, whenever found; late: overdue, as the findings' own pages say it."""
        found = self._own(Finding).filter(job__section__path__startswith=self.path, closed_at=None, withdrawn_at=None)
        if late:
            found = found.filter(overdue(timezone.localdate(now())))
        if severity:
            found = found.filter(severity=severity)
        return self._firm(found.select_related("case", "contractor", "job"), "contractor").order_by("rectify_by", "pk")


def of_month(behind: Behind, month: date) -> Behind:
    return Behind(behind.person, behind.path, month, following(month), behind.party, own=behind.own)


def _cleared(claim: str) -> Coalesce:
    """Is all that was found of the claim withdrawn? One look by its key a row, and never a join."""
    found = Finding.objects.filter(claim=OuterRef(claim)).order_by().values("claim")
    told = found.annotate(cleared=BoolAnd(~STANDS)).values("cleared")
    return Coalesce(Subquery(told), Value(False), output_field=BooleanField())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))

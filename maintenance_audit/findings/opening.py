"""A finding is opened at compare, in the transaction that compares: one a claim and draw, whoever calls and however
often. What could not be opened there (no rules yet) is opened by the beat."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from maintenance_audit.findings import course, facts, parties, reasons
from maintenance_audit.findings.models import Finding, FoundAgain, Origin
from maintenance_audit.inspections.models import Ruling, Verdict
from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.lots.models import DrawnJob, Why
from maintenance_audit.register.models import Severity
from workflows.documents.models import Document
from workflows.engine import kinds
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, CaseParty
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.notices import sentences
from workflows.organisation import roles
from workflows.organisation.models import Person, Role

log = logging.getLogger(__name__)
KIND = "finding"
OPENING = 0x66696E64  # "find"
LONGEST_TITLE = 120
GRAVE = (Severity.MAJOR, Severity.CRITICAL)
ORIGINS = {Why.POINTED: Origin.POINTED, Why.REPEAT: Origin.REPEAT}


@dataclass(frozen=True)
class Found:
    """What is to be opened. `key` makes the case's token: the same again is the same case."""

    key: str
    job: Job
    origin: str
    verdict: str
    severity: str
    title: str
    facts: str
    found_at: datetime
    claim: Claim | None = None
    drawn_job: DrawnJob | None = None
    nature: str = ""


# At compare. ----------------------------------------------------------------------------------------------------------


def on_compared(drawn_job: DrawnJob) -> None:
    """For `inspections.outcome`: each ruling of this drawn job that is a finding has one."""
    for ruling in needing().filter(drawn_job=drawn_job).order_by("claim__place"):
        open_for(ruling)


def needing() -> QuerySet[Ruling]:
    """Rulings that are findings and have none: nonconforming, or not to be verified at major and above."""
    grave = Q(severity__in=GRAVE) | Q(severity="", claim__severity__in=GRAVE)
    kept = Q(verdict=Verdict.NONCONFORMING) | Q(verdict=Verdict.CANNOT_VERIFY) & grave
    there = Finding.objects.filter(drawn_job=OuterRef("drawn_job"), claim=OuterRef("claim"))
    with_a_firm = Ruling.objects.filter(kept, drawn_job__lot_job__job__contractor__isnull=False)
    return with_a_firm.filter(~Exists(there), found_again=None)


def open_for(ruling: Ruling) -> Finding | None:
    """The finding of this ruling. Where a lower tier has opened one of the same claim that still stands, that one is
    confirmed again, and graver if so ruled; None if it cannot be opened yet."""
    known = Finding.objects.filter(drawn_job=ruling.drawn_job_id, claim=ruling.claim_id).first()
    if known is not None:
        return known
    related = ("claim", "drawn_job__draw", "drawn_job__lot_job__job__section", "drawn_job__lot_job__job__contractor")
    ruling = Ruling.objects.select_related(*related).get(pk=ruling.pk)
    job = ruling.drawn_job.lot_job.job
    earlier = Finding.objects.standing().filter(job=job, claim=ruling.claim).select_related("case").first()
    if earlier is not None:
        return again(earlier, ruling)
    return open_finding(_of(ruling, job), papers=facts.photos_of(ruling))


def again(finding: Finding, ruling: Ruling) -> Finding:
    """Found by an upper tier, too. A critical one holds the settlement at once; what else it changes of the finding is
    written once this is committed, because whoever holds the finding's lock may wait for the lot's that is held here.
    """
    made, fresh = FoundAgain.objects.get_or_create(ruling=ruling, defaults={"finding": finding, "at": now()})
    if fresh:
        if _severity(ruling) == Severity.CRITICAL:
            course.hold(finding)
        transaction.on_commit(lambda: _apply_plainly(made.pk), robust=True)
    return finding


def _apply_plainly(pk: int) -> None:
    with transaction.atomic():
        apply(pk)


def apply(pk: int) -> None:
    """Write on the finding that an upper tier found it again, and make it graver if so ruled. Safe to run twice. What
    has been closed or withdrawn meanwhile is a finding of its own."""
    made = FoundAgain.objects.select_related("finding__case", "ruling__claim", "ruling__drawn_job__draw").get(pk=pk)
    with kinds.get(KIND).flow.lock(made.finding.case.process_id):
        if FoundAgain.objects.filter(pk=pk, applied_at=None).update(applied_at=now()) == 0:
            return
        ruling, tier = made.ruling, made.ruling.drawn_job.draw.tier
        row = Finding.objects.select_related("case__unit", "case__rules", "job").get(pk=made.finding_id)  # type: ignore[misc]
        if row.is_open:
            row.record("confirmed_again", ruling=ruling.pk, tier=tier, severity=_severity(ruling))
            if row.become(_severity(ruling), why=sentences.written(reasons.FOUND_AGAIN, tier=tier)):
                row.case.finding = row  # type: ignore[attr-defined]
                course.secure(row.case)
            return
        FoundAgain.objects.filter(pk=pk).delete()
    open_for(ruling)


def _of(ruling: Ruling, job: Job) -> Found:
    drawn = ruling.drawn_job
    with translation.override(settings.LANGUAGE_CODE):
        return Found(
            key=f"ruling:{ruling.pk}", job=job, origin=origin_of(drawn), verdict=ruling.verdict,
            severity=_severity(ruling), title=facts.title_of(ruling), facts=facts.told_by(ruling),
            found_at=ruling.ruled_at, claim=ruling.claim, drawn_job=drawn, nature=ruling.nature,
        )  # fmt: skip


def origin_of(drawn: DrawnJob) -> str:
    upper = Origin.UPPER if drawn.draw.tier > 1 else Origin.DRAWN
    return ORIGINS.get(Why(drawn.why), upper)


def _severity(ruling: Ruling) -> str:
    return ruling.severity or ruling.claim.severity


def open_missing() -> list[int]:
    """By beat: what could not be opened when it was compared. Safe to run twice."""
    for pk in FoundAgain.objects.filter(applied_at=None).order_by("pk").values_list("pk", flat=True):
        _apply_plainly(pk)
    opened = [open_for(ruling) for ruling in needing().order_by("ruled_at", "pk")]
    return [row.pk for row in opened if row is not None]


# Any finding. ---------------------------------------------------------------------------------------------------------


def open_finding(found: Found, papers: Iterable[Document] = ()) -> Finding | None:
    """One case a key, whoever calls and however often. None where it cannot be opened yet: nothing that was sealed or
    compared is refused for that, and the beat comes again."""
    token = uuid5(NAMESPACE_URL, f"finding:{found.key}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OPENING, token.int & 0x7FFFFFFF])
        known = Finding.objects.filter(case__token=token).first()
        if known is not None:
            return known
        try:
            with transaction.atomic():
                return _open(found, token, list(papers))
        except BadMove as refused:
            log.warning("the finding %s cannot be opened yet: %s", found.key, refused.message)
            return None


def _open(found: Found, token: UUID, papers: list[Document]) -> Finding:
    job = found.job
    assert job.contractor is not None

    def write(case: Case) -> None:
        case.shared_under = job.contractor  # the firm's people read what is found of their work, and nothing else
        case.save(update_fields=["shared_under"])
        row = Finding(
            case=case, job=job, claim=found.claim, drawn_job=found.drawn_job, contractor=job.contractor,
            origin=found.origin, verdict=found.verdict, severity=found.severity, first_severity=found.severity,
            nature=found.nature, facts=found.facts, found_at=found.found_at,
        )  # fmt: skip
        row.save(force_insert=True)
        case.finding = row  # type: ignore[attr-defined]
        CaseParty.objects.create(case=case, person=case.author, relation="keeper", recused=False)
        row.record("opened", job=job.number, claim=found.claim.key if found.claim else "", origin=str(found.origin),
                   verdict=str(found.verdict), severity=str(found.severity), nature=found.nature)  # fmt: skip
        facts.keep_before(row, papers)

    case = open_case(
        actor=_keeper(job),
        kind=KIND,
        token=token,
        title=found.title[:LONGEST_TITLE],
        unit=job.section,
        parties=parties.of_job(job),
        content_digest=hashlib.sha256(f"{found.title}\n{found.facts}".encode()).hexdigest(),
        search_text=" ".join((found.title, found.facts, job.number, job.title)),
        business=write,
    )
    row: Finding = case.finding  # type: ignore[attr-defined]
    return row


def _keeper(job: Job) -> Person:
    """In whose name the case is opened: the audit lead's, never an inspector's, who stays unnamed until the tier's last
    record is sealed."""
    for role in (Role.AUDIT_LEAD, Role.WORKSHOP_REVIEWER, Role.MAINTENANCE_PLANNER):
        for place in reversed(job.workshop.ancestor_ids):
            if held := roles.holders(role, place):
                return held[0].person
    raise BadMove(_("The workshop has no audit lead yet; ask an administrator."))

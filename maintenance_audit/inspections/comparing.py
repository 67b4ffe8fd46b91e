"""Compare 比对, in the transaction of the second seal: what both say stands, what they differ in is ruled by somebody
else. Under the lock of the draw, so that of two who seal at once one comes second."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from maintenance_audit.inspections import outcome, unsealing, verdicts
from maintenance_audit.inspections.models import Adjudication, Found, Inspection, Ruling, Verdict
from maintenance_audit.jobs.models import Claim
from maintenance_audit.lots import independence, results
from maintenance_audit.lots.models import DrawnJob
from maintenance_audit.register.models import Form, Seen
from workflows.engine.errors import BadMove
from workflows.engine.models import Case
from workflows.engine.opening import open_case
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, RoleHolding, Unit

KIND = "adjudication"
COMPARED = "maintenance_audit.records.compared"
FOUND_ABOVE = gettext_noop("Found by tier %(tier)s.")


def compare(drawn_job: DrawnJob) -> None:
    """Open both records, rule what agrees, and conclude the job or open its adjudication. Once a drawn job."""
    if Ruling.objects.filter(drawn_job=drawn_job).exists() or Adjudication.objects.filter(drawn_job=drawn_job).exists():
        return
    drawn_job = _whole(drawn_job)
    for inspection in records_of(drawn_job):
        unsealing.open_record(inspection, named=drawn_job.draw.sealed_at is not None)
    claims, seen, below = claims_of(drawn_job), sights_of(drawn_job), rulings_below(drawn_job)
    agreed = [claim for claim in claims if stands(seen.get(claim.pk, []), below.get(claim.pk))]
    moment = now()
    Ruling.objects.bulk_create(
        Ruling(drawn_job=drawn_job, agreed=True, ruled_at=moment, **verdicts.told_by(claim, seen[claim.pk]))
        for claim in agreed
    )
    differing = [claim for claim in claims if claim not in agreed]
    _say(drawn_job, agreed, differing)
    results.compared(drawn_job, disputed=bool(differing))
    outcome.tell(drawn_job)
    if differing:
        open_adjudication(drawn_job, differing)
    else:
        conclude(drawn_job, disputed=False)


def conclude(drawn_job: DrawnJob, *, disputed: bool) -> None:
    """Every claim is ruled: the job has its result; an upper tier's may change that of the teams' draw."""
    drawn_job = _whole(drawn_job)
    outcome.tell(drawn_job)
    rulings = list(Ruling.objects.filter(drawn_job=drawn_job).select_related("claim"))
    result, critical = verdicts.result_of(rulings)
    results.conclude(drawn_job, result=result, critical=critical, disputed=disputed)
    if drawn_job.draw.tier > 1:
        _revise_below(drawn_job)


def _revise_below(drawn_job: DrawnJob) -> None:
    """Nothing that came up from below is deleted; what stands of each claim is the highest tier's word."""
    below = results.drawn_below(drawn_job)
    if below is None or below.concluded_at is None:
        return
    everywhere = Ruling.objects.filter(drawn_job__lot_job=drawn_job.lot_job_id).select_related("claim", "ruled_by")
    rulings = list(everywhere)
    tiers = dict(DrawnJob.objects.filter(lot_job=drawn_job.lot_job_id).values_list("pk", "draw__tier"))
    result, critical = verdicts.result_of(verdicts.standing(rulings, tiers).values())
    own = [ruling for ruling in rulings if ruling.drawn_job_id == drawn_job.pk]
    said = "\n".join(dict.fromkeys(ruling.reasons for ruling in own if ruling.reasons))
    by = next((ruling.ruled_by for ruling in own if ruling.ruled_by), None)
    reasons = said or sentences.written(FOUND_ABOVE, tier=drawn_job.draw.tier)
    results.revise(below, result=result, critical=critical, reasons=reasons, by=by)


def stands(sights: list[Found], below: Ruling | None) -> bool:
    return bool(sights) and verdicts.same(sights) and not verdicts.changes(sights, below)


# What there is to compare. --------------------------------------------------------------------------------------------


def records_of(drawn_job: DrawnJob) -> list[Inspection]:
    """Site first."""
    found = Inspection.objects.filter(drawn_job=drawn_job, sealed_at__isnull=False, assignment__ended_at=None)
    return sorted(found.select_related("case", "assignment__person"), key=lambda one: one.form != Form.SITE)


def claims_of(drawn_job: DrawnJob) -> list[Claim]:
    return list(Claim.objects.standing().filter(job=drawn_job.lot_job.job_id).order_by("place"))


def sights_of(drawn_job: DrawnJob) -> dict[int, list[Found]]:
    """Claim → what was found, on site first. Only opened records have any."""
    rows = Found.objects.filter(inspection__drawn_job=drawn_job).select_related("inspection__assignment__person")
    seen: dict[int, list[Found]] = {}
    for found in sorted(rows, key=lambda one: one.inspection.form != Form.SITE):
        seen.setdefault(found.claim_id, []).append(found)
    return seen


def rulings_below(drawn_job: DrawnJob) -> dict[int, Ruling]:
    """Claim → what stands of it from the tiers below."""
    lower = DrawnJob.objects.filter(lot_job=drawn_job.lot_job_id, draw__tier__lt=drawn_job.draw.tier)
    tiers = dict(lower.values_list("pk", "draw__tier"))
    rulings = Ruling.objects.filter(drawn_job__in=tiers).select_related("claim", "ruled_by") if tiers else ()
    return verdicts.standing(rulings, tiers)


def differing(drawn_job: DrawnJob) -> list[Claim]:
    """What still has no ruling."""
    ruled = set(Ruling.objects.filter(drawn_job=drawn_job).values_list("claim_id", flat=True))
    return [claim for claim in claims_of(drawn_job) if claim.pk not in ruled]


def compared_by_both(claim: Claim) -> bool:
    return claim.seen == Seen.BOTH


def _whole(drawn_job: DrawnJob) -> DrawnJob:
    related = ("draw__lot__case__rules", "draw__lot__workshop", "draw__lot__contractor", "lot_job__job")
    return DrawnJob.objects.select_related(*related).get(pk=drawn_job.pk)


def _say(drawn_job: DrawnJob, agreed: list[Claim], differing: list[Claim]) -> None:
    said = {
        "job": drawn_job.lot_job.number, "tier": drawn_job.draw.tier, "agreed": [claim.key for claim in agreed],
        "differing": [claim.key for claim in differing],
    }  # fmt: skip
    append(subject=f"job:{drawn_job.lot_job.job_id}", event=COMPARED, payload=said)


# Where they differ. ---------------------------------------------------------------------------------------------------


def open_adjudication(drawn_job: DrawnJob, claims: list[Claim]) -> Case:
    """A case for the audit lead, whom neither the job nor its inspectors are close to."""
    lot, job = drawn_job.draw.lot, drawn_job.lot_job.job
    inspectors = [(one.assignment.person_id, "inspected_case") for one in records_of(drawn_job)]
    with translation.override(settings.LANGUAGE_CODE):
        title = ngettext(
            "%(job)s: two forms differ in %(n)s claim", "%(job)s: two forms differ in %(n)s claims", len(claims)
        ) % {"job": drawn_job.lot_job.number, "n": len(claims)}  # fmt: skip
    return open_case(
        actor=keeper(lot.workshop),
        kind=KIND,
        token=uuid5(NAMESPACE_URL, f"adjudication:{drawn_job.pk}"),
        title=title[:120],
        unit=lot.workshop,
        parties=[*inspectors, *_leads_too_close(drawn_job)],
        content_digest=hashlib.sha256(f"{drawn_job.pk}|{[claim.key for claim in claims]}".encode()).hexdigest(),
        search_text=f"{title} {job.title}",
        business=lambda case: _row(case, drawn_job),
        rules=lot.case.rules,
    )


def _leads_too_close(drawn_job: DrawnJob) -> list[tuple[int, str]]:
    """Audit leads who may not rule about this job. Nobody else close to it becomes a party: they would read it."""
    lot, job = drawn_job.draw.lot, drawn_job.lot_job.job_id
    held = RoleHolding.objects.in_force().filter(role=Role.AUDIT_LEAD, unit__in=lot.workshop.ancestor_ids)
    leads = set(held.values_list("person_id", flat=True)) - {one.assignment.person_id for one in records_of(drawn_job)}
    return sorted(independence.barred(lot, [job], leads).get(job, {}).items())


def _row(case: Case, drawn_job: DrawnJob) -> None:
    Adjudication(case=case, drawn_job=drawn_job).save(force_insert=True)


def keeper(workshop: Unit) -> Person:
    """In whose name a case about the workshop's checks is opened: the audit lead's, else whoever stands in for one."""
    for role in (Role.AUDIT_LEAD, Role.WORKSHOP_REVIEWER, Role.MAINTENANCE_PLANNER):
        for place in reversed(workshop.ancestor_ids):
            if held := roles.holders(role, place):
                return held[0].person
    raise BadMove(_("The workshop has no audit lead yet; ask an administrator."))


def rule(
    drawn_job: DrawnJob, claim: Claim, *, verdict: str, severity: str, nature: str, reasons: str, by: Person
) -> Ruling:
    """One claim that the forms differ in, ruled with reasons, in the adjudication's turn. What is ruled stands."""
    made = Ruling.objects.create(
        drawn_job=drawn_job, claim=claim, verdict=verdict, severity=severity, nature=nature, agreed=False,
        value=_value(drawn_job, claim, verdict), reasons=reasons, ruled_by=by, ruled_at=now(),
    )  # fmt: skip
    said = {
        "job": drawn_job.lot_job.number, "tier": drawn_job.draw.tier, "claim": claim.key, "verdict": verdict,
        "severity": severity, "nature": nature, "reasons": reasons, "by": by.employee_no,
    }  # fmt: skip
    append(subject=f"job:{drawn_job.lot_job.job_id}", event="maintenance_audit.claim.ruled", payload=said)
    return made


def _value(drawn_job: DrawnJob, claim: Claim, verdict: str) -> Decimal | None:
    """What was measured by whoever saw it as it was ruled."""
    if verdict == Verdict.CANNOT_VERIFY:
        return None
    seen = sights_of(drawn_job).get(claim.pk, [])
    return next((one.value for one in seen if one.verdict == verdict and one.value is not None), None)

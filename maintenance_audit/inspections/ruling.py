"""The audit lead's turn at an adjudication: one claim after the other, with reasons; the last concludes the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from maintenance_audit.inspections import comparing
from maintenance_audit.inspections.models import Adjudication, Ruling
from maintenance_audit.jobs.models import Claim
from maintenance_audit.lots import independence
from workflows.engine.errors import BadMove, Overtaken, Recused
from workflows.engine.turn import Turn


def rule_in_turn(held: Turn, said: Mapping[str, Any]) -> int:
    """Rule one claim. Returns how many are left. Raises BadMove, Overtaken, Recused."""
    row: Adjudication = Adjudication.objects.select_related(
        "drawn_job__draw__lot__workshop", "drawn_job__draw__lot__contractor", "drawn_job__lot_job"
    ).get(case=held.case)
    drawn = row.drawn_job
    _is_independent(held, row)
    open_claims = {claim.pk: claim for claim in comparing.differing(drawn)}
    claim = open_claims.get(said["claim"])
    if claim is None:
        raise _not_open(row, said["claim"])
    comparing.rule(
        drawn, claim, verdict=said["verdict"], severity=said["severity"], nature=said["nature"],
        reasons=said["reasons"], by=held.principal or held.actor,
    )  # fmt: skip
    left = len(open_claims) - 1
    if not left:
        held.complete()
    return left


def _is_independent(held: Turn, row: Adjudication) -> None:
    """As the engine asks of the case's parties, here of everybody close to the job, ties included."""
    lot, job = row.drawn_job.draw.lot, row.drawn_job.lot_job.job_id
    people = [held.actor.pk] + ([held.principal.pk] if held.principal else [])
    out = independence.barred(lot, [job], people).get(job, {})
    if out:
        raise Recused(out.get(held.actor.pk) or next(iter(out.values())))


def _not_open(row: Adjudication, claim: int) -> Exception:
    ruled = Ruling.objects.filter(drawn_job=row.drawn_job, claim=claim).select_related("ruled_by").first()
    if ruled is not None and ruled.ruled_by is not None:
        return Overtaken(_("%(person)s has ruled this claim already.") % {"person": ruled.ruled_by.name})
    return BadMove(_("This claim is not in dispute."), field="claim")


def effects(row: Adjudication, claim: Claim) -> dict[str, list[str]]:
    """Verdict → what follows, in sentences, before it is pressed."""
    left = len(comparing.differing(row.drawn_job)) - 1
    then = [_("Then %(n)s more are to be ruled.") % {"n": left} if left else _("The job is then concluded.")]
    grave = claim.severity in ("major", "critical")
    bad = [
        _("The job counts as nonconforming if it is major or critical."),
        _("A finding is opened; the contractor may reply within three working days."),
    ]
    critical = [_("Critical: the lot is not accepted, and settlement is held.")]
    unclear = [_("It counts as nonconforming unless the contractor supplies proof.")] if grave else []
    return {"conforming": then, "nonconforming": [*bad, *critical, *then], "cannot": [*unclear, *then]}

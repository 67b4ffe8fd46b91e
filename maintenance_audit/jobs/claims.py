"""Claims 申报: what is asked of whoever completes a job, and writing down what was said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maintenance_audit.jobs.models import Claim, Job
from maintenance_audit.register.models import ClaimItem, ClaimKind, ClaimTemplate, Seen, Severity, Tolerance, WorkKind
from workflows.ledger.clock import now
from workflows.notices import sentences

# What is claimed where the kind of work has no template: how much work it was, and that it runs.
PLAIN: tuple[Mapping[str, Any], ...] = (
    {"key": "hours", "kind": ClaimKind.HOURS, "label": gettext_noop("Man-hours"), "measure": "h",
     "tolerance": Tolerance.PERCENT, "allowed": Decimal(10)},
    {"key": "headcount", "kind": ClaimKind.HEADCOUNT, "label": gettext_noop("People on site"), "measure": "人",
     "tolerance": Tolerance.EXACT},
    {"key": "trial_run", "kind": ClaimKind.TRIAL_RUN, "label": gettext_noop("Trial run"), "required": False},
)  # fmt: skip


@dataclass(frozen=True)
class Claimed:
    """What was said to one item: a number, words, or both."""

    item: ClaimItem
    value: Decimal | None = None
    said: str = ""


def template_for(kind: WorkKind | None) -> ClaimTemplate | None:
    """The version that is in force for this kind of work: the last that was published."""
    if kind is None:
        return None
    published = ClaimTemplate.objects.filter(work_kind=kind, published_at__isnull=False)
    return published.order_by("-version").first()


def items_of(job: Job) -> list[ClaimItem]:
    """What is asked when this job is completed, by its pinned version; one statement, none without a template."""
    if job.template_id is not None:
        return list(ClaimItem.objects.filter(template=job.template_id))
    return [ClaimItem(place=n, **{**row, "label": _(row["label"])}) for n, row in enumerate(PLAIN, 1)]


def is_counted(item: ClaimItem | Claim) -> bool:
    """Is a number asked for?"""
    return bool(item.measure)


def hides_work(template: ClaimTemplate | None) -> bool:
    items = ClaimItem.objects.filter(template=template, kind=ClaimKind.HIDDEN_WORK)
    return template is not None and items.exists()


def file(job: Job, claimed: Iterable[Claimed]) -> list[Claim]:
    """Write down what is claimed of the job now. What was claimed before stands aside and is never changed."""
    supersede(job)
    moment = now()
    made = [_claim(job, one, moment) for one in claimed if one.value is not None or one.said]
    return Claim.objects.bulk_create(made)


def supersede(job: Job) -> int:
    return job.claims.standing().update(superseded=True)


def _claim(job: Job, one: Claimed, moment: Any) -> Claim:
    item = one.item
    return Claim(
        job=job, item=item if item.pk else None, key=item.key, place=item.place, kind=item.kind, label=_kept(item),
        measure=item.measure, value=one.value, said=one.said[:400], tolerance=item.tolerance, allowed=item.allowed,
        seen=item.seen or Seen.BOTH, severity=item.severity or Severity.MAJOR, claimed_at=moment,
    )  # fmt: skip


def _kept(item: ClaimItem) -> str:
    """What a template calls it; what has none, in the plant's language, whoever fills the form in."""
    plain = next((row for row in PLAIN if row["key"] == item.key), None)
    return item.label if item.pk or plain is None else sentences.written(plain["label"])


def hours_of(claims: Iterable[Claim]) -> Decimal | None:
    """Man-hours as claimed, or None where none were."""
    hours = [claim.value for claim in claims if claim.kind == ClaimKind.HOURS and claim.value is not None]
    return sum(hours, Decimal(0)) if hours else None


def sworn(claims: Iterable[Claim]) -> list[dict[str, Any]]:
    """As the ledger keeps them."""
    return [{"key": c.key, "value": None if c.value is None else str(c.value), "said": c.said} for c in claims]


def leeway(item: ClaimItem | Claim) -> str:
    """How far the found value may lie from the claimed one, in words."""
    allowed = f"{item.allowed.normalize():f}" if item.allowed is not None else ""
    words = {
        Tolerance.EXACT: _("has to hold exactly"),
        Tolerance.ABSOLUTE: _("may differ by %(allowed)s %(measure)s") % {"allowed": allowed, "measure": item.measure},
        Tolerance.PERCENT: _("may differ by %(allowed)s %%") % {"allowed": allowed},
        Tolerance.JUDGED: _("is judged, not measured"),
    }
    return words[Tolerance(item.tolerance)].strip()

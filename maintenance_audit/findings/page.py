"""What a finding's page shows: the money it holds, the order, the ladder, every version of what was handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from maintenance_audit.findings import holding, ladder
from maintenance_audit.findings.models import Finding, Paper, Part, Rectification, Reply, Told, overdue_days
from maintenance_audit.findings.rules import rules_of
from maintenance_audit.jobs.models import Job
from maintenance_audit.jobs.page import with_pages
from workflows.documents.models import Document
from workflows.engine import outside
from workflows.engine.models import Case, Step
from workflows.ledger.clock import now
from workflows.organisation.models import Person, UnitKind

if TYPE_CHECKING:
    from workflows.engine.views.opinions import Entry

RELATED = (
    "case__unit", "case__rules", "job__equipment", "claim", "contractor", "rectifier", "answers__unit",
)  # fmt: skip


def of(case: Case) -> Finding:
    row = Finding.objects.select_related(*RELATED).get(case=case)
    row.case = case
    return row


TOLD_OUTSIDE = ("file", "approve", "reject", "return", "lapse", "hold", "resume")
SAID = {
    ("", "file"): _("Finding opened"),
    ("reply", "done"): _("replied"),
    ("reply", "lapse"): _("Nobody replied in time"),
    ("confirmation", "approve"): _("confirmed the finding"),
    ("confirmation", "reject"): _("withdrew the finding"),
    ("rectification", "done"): _("submitted the rectification"),
    ("recheck", "approve"): _("Re-check passed"),
    ("recheck", "reject"): _("Re-check not passed"),
    ("release_request", "done"): _("requested the release"),
    ("release_approval", "approve"): _("approved the release"),
    ("release_approval", "reject"): _("did not approve the release"),
}


@dataclass(frozen=True)
class Version:
    """One submission with its photos and those of its re-check."""

    row: Rectification
    after: list[Document] = field(default_factory=list)
    recheck: list[Document] = field(default_factory=list)


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: where it is drawn, its words, when it was reached."""

    x: int
    label: str
    told: Told | None
    last: bool


def content(row: Finding, person: Person) -> dict[str, Any]:
    papers = list(Paper.objects.filter(finding=row).select_related("document"))
    versions = [_version(made, papers) for made in row.rectifications.select_related("done_by", "checked_by")]  # type: ignore[attr-defined]
    replies = [(reply, _of(papers, Part.REPLY, reply=reply)) for reply in row.replies.select_related("person")]  # type: ignore[attr-defined]
    node = Step.objects.filter(case=row.case, closed_at=None).values_list("node", flat=True).first()
    days = overdue_days(row, node, timezone.localdate(now()))
    holds, besides = holding.of_job(row)
    return {
        "finding": row,
        "job": row.job,
        "job_opens": Job.objects.visible_to(person).filter(pk=row.job_id).exists(),  # type: ignore[misc]
        "before": _of(papers, Part.BEFORE),
        "replies": replies,
        "extensions": row.extensions.select_related("asked_by", "answered_by"),  # type: ignore[attr-defined]
        "versions": versions[::-1],
        "round": len(versions) + (0 if _submitted(versions) else 1),
        "holds": holds,
        "held_besides": with_pages(besides, person) if holds else [],
        "money": money(row.job),
        "overdue": days,
        "rungs": _rungs(row, days),
        "outsider": person.unit.at_level(UnitKind.CONTRACTOR) is not None,
    }


def told(entries: Iterable[Entry], row: Finding, person: Person) -> list[Entry]:
    """The history in the words of findings, where they are plainer than the engine's.

    The firm reads what its own people did, and each decision about it with its reason; not what the plant's people
    asked and advised each other before.
    """
    said = [replace(one, said=str(SAID.get(_what(one), one.said))) for one in entries]
    if outside.is_outside(person):
        return [one for one in said if one.decision.verb in TOLD_OUTSIDE or _of_firm(one, row)]
    return said


def _of_firm(entry: Entry, row: Finding) -> bool:
    actor = entry.decision.actor
    return actor is not None and actor.unit_id == row.contractor_id  # type: ignore[attr-defined]


def _what(entry: Entry) -> tuple[str, str]:
    made = entry.decision
    return (made.step.node if made.step else "", made.verb)


def money(job: Job) -> Decimal | None:
    return job.settled_amount if job.settled_amount is not None else job.estimate


def _submitted(versions: list[Version]) -> bool:
    return bool(versions) and versions[-1].row.passed is not False


def _version(made: Rectification, papers: list[Paper]) -> Version:
    return Version(made, _of(papers, Part.AFTER, rectification=made), _of(papers, Part.RECHECK, rectification=made))


def _of(
    papers: list[Paper], part: str, *, reply: Reply | None = None, rectification: Rectification | None = None
) -> list[Document]:
    version = (reply.pk if reply else None, rectification.pk if rectification else None)
    return [p.document for p in papers if p.part == part and (p.reply_id, p.rectification_id) == version]  # type: ignore[attr-defined]


def _rungs(row: Finding, days: int) -> list[Rung]:
    """Due, then each rung at its day; one that was reached in this round is filled."""
    if row.rectify_by is None:
        return []
    rules, told = rules_of(row.case).ladder, list(row.told.all())  # type: ignore[attr-defined]
    round = row.days_given()
    here = {one.what: one for one in told if one.round == round}
    words = {
        Told.What.SECTION: pgettext("ladder", "+%(days)s section"),
        Told.What.WORKSHOP: pgettext("ladder", "+%(days)s workshop"),
        Told.What.HOLD: pgettext("ladder", "+%(days)s hold"),
    }
    reached = [what for what in ladder.RUNGS if what in here]
    return [
        Rung(
            x,
            words[what] % {"days": ladder.at(rules, what)},
            here.get(what),
            what == (reached[-1] if reached else None),
        )
        for x, what in zip((78, 156, 276), ladder.RUNGS, strict=True)
    ]

"""The words of findings' notices and of their entries in the ledger, and who hears what."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maintenance_audit.findings import holding, seats, withheld
from maintenance_audit.findings.models import Extension, Finding
from workflows.ledger.subjects import register_events
from workflows.notices import topics
from workflows.notices.outbox import post
from workflows.notices.topics import Topic
from workflows.notices.wording import register as say
from workflows.organisation import roles
from workflows.organisation.models import Person, Role, Unit, UnitKind

FINDINGS = Topic("findings", _("Findings"), _("What was found in outsourced jobs, and what it holds."), order=12)
PREFIX = "maintenance_audit.finding"
WORDS = {
    "major": _("Major finding in your section: %(number)s %(title)s"),
    "critical": _("Critical finding, settlement of %(job)s is held: %(number)s %(title)s"),
    "critical_paid": _("Critical finding, but %(job)s had been settled before: %(number)s %(title)s"),
    "confirmed": _("Confirmed, to be put right by %(day)s: %(number)s %(title)s"),
    "withdrawn": _("Finding withdrawn: %(number)s %(title)s"),
    "reopened": _("Re-check not passed, to be put right by %(day)s: %(number)s %(title)s"),
    "closed": _("Rectified and closed: %(number)s %(title)s"),
    "raised": _("Graver now, %(count)s re-checks failed: %(number)s %(title)s"),
    "late_reply": _("A late reply has come in: %(number)s %(title)s"),
    "overdue_section": _("Rectification is overdue by %(count)s days: %(number)s %(title)s"),
    "overdue_workshop": _("Rectification is overdue by %(count)s days, the workshop is told: %(number)s %(title)s"),
    "overdue_hold": _(
        "Rectification is overdue by %(count)s days, settlement of %(job)s is held: %(number)s %(title)s"
    ),
    "released": _("Settlement of %(job)s is released: %(number)s %(title)s"),
    "held_still": _("Released here, but something else still holds settlement of %(job)s: %(number)s %(title)s"),
    "extension_asked": _("More time asked for, until %(wanted)s: %(number)s %(title)s"),
    "extension_granted": _("More time granted, to be put right by %(day)s: %(number)s %(title)s"),
    "extension_refused": _("More time refused, it stays %(day)s: %(number)s %(title)s"),
}
SAYS_WHY = ("confirmed", "withdrawn", "reopened", "closed", "released", "held_still", "extension_asked",
            "extension_granted", "extension_refused")  # fmt: skip
URGENT = ("critical", "critical_paid", "overdue_hold")
EVENTS = {
    "opened": _("Finding opened"),
    "told": _("Told to whom it had to reach"),
    "replied": _("Reply of the contractor"),
    "confirmed": _("Finding confirmed"),
    "ordered": _("Rectification ordered"),
    "withdrawn": _("Finding withdrawn"),
    "submitted": _("Rectification submitted"),
    "rechecked": _("Re-checked"),
    "reopened": _("Finding reopened"),
    "raised": _("Severity raised"),
    "confirmed_again": _("Found again by an upper tier"),
    "closed": pgettext_lazy("finding", "Finding closed"),
    "overdue": _("Rectification overdue"),
    "settled_before": _("The job had been settled before"),
    "lot_stands": _("The lot had been decided; its result stands"),
    "release_approved": _("Release of the settlement approved"),
    "extension_asked": _("More time asked for"),
    "extended": _("More time granted"),
    "extension_refused": _("More time refused"),
}


def register() -> None:
    topics.add(FINDINGS)
    for name, words in WORDS.items():
        body = "%(reason)s" if name in SAYS_WHY else ""
        say(f"{PREFIX}.{name}", title=words, body=body, topic=FINDINGS, urgent=name in URGENT)
    register_events({f"{PREFIX}.{name}": words for name, words in EVENTS.items()})


# Who hears it. --------------------------------------------------------------------------------------------------------


def firm(row: Finding, what: str, reason: str = "", **said: str | int) -> None:
    _tell(row, what, seats.people_of(row.contractor), reason, **said)


def section(row: Finding, what: str, reason: str = "", **said: str | int) -> None:
    """Where each of its chiefs is kept from it for now, the workshop hears it in their place."""
    chiefs = section_of(row.case.unit)
    heard = chiefs if withheld.may_hear(row.case, chiefs) else workshop_of(row.case.unit)
    _tell(row, what, heard, reason, **said)


def workshop(row: Finding, what: str, reason: str = "", **said: str | int) -> None:
    _tell(row, what, workshop_of(row.case.unit), reason, **said)
    if what in ("critical", "overdue_hold"):
        firm(row, what, reason, **said)


def parties(row: Finding, what: str, reason: str) -> None:
    """The firm, the section, and whoever answers for it."""
    answers = [row.answers] if row.answers else []
    _tell(row, what, [*seats.people_of(row.contractor), *section_of(row.case.unit), *answers], reason)


def raised(row: Finding) -> None:
    people = [*seats.people_of(row.contractor), *section_of(row.case.unit)]
    _tell(row, "raised", people, count=row.failed_rechecks)


def released(row: Finding, why: str) -> None:
    """The firm; whoever prepares settlements hears it of the job (`jobs.holds`)."""
    firm(row, "held_still" if holding.others(row) else "released", why)


def extension_asked(row: Finding, asked: Extension, people: Iterable[int]) -> None:
    """Whoever ordered it answers."""
    who = Person.objects.filter(pk__in=list(people))
    _tell(row, "extension_asked", who, asked.reason, wanted=asked.wanted.isoformat())


def extension_answered(row: Finding, asked: Extension) -> None:
    """The firm, the section, and whoever answers for it."""
    parties(row, "extension_granted" if asked.granted else "extension_refused", asked.answer)


def late_reply(row: Finding) -> None:
    _tell(row, "late_reply", leads_of(row.case.unit))


def section_of(unit: Unit) -> list[Person]:
    """Its chiefs, or who stands above them."""
    place = unit.at_level(UnitKind.SECTION) or unit
    if held := roles.holders(Role.SECTION_CHIEF, place.pk):
        return [one.person for one in held]
    _unit, above, fallback = roles.person_above(Role.SECTION_CHIEF, place)
    return [one.person for one in above] or ([fallback] if fallback else workshop_of(unit))


def workshop_of(unit: Unit) -> list[Person]:
    place = unit.at_level(UnitKind.WORKSHOP)
    return [*_holders(Role.WORKSHOP_REVIEWER, place), *leads_of(unit)]


def leads_of(unit: Unit) -> list[Person]:
    return _holders(Role.AUDIT_LEAD, unit.at_level(UnitKind.WORKSHOP))


def _holders(role: str, unit: Unit | None) -> list[Person]:
    return [one.person for one in roles.holders(role, unit.pk)] if unit else []


def _tell(row: Finding, what: str, people: Iterable[Person], reason: str = "", **said: str | int) -> None:
    """`key`: each occurrence once; reopening and being overdue come again with each new day."""
    case = row.case
    day = row.rectify_by.isoformat() if row.rectify_by else ""
    post(
        event=f"{PREFIX}.{what}",
        key=f"finding:{row.pk}:{what}:{row.days_given()}" + (f":{row.replies.count()}" if what == "late_reply" else ""),  # type: ignore[attr-defined]
        recipients=withheld.may_hear(case, people),
        subject=f"case:{case.pk}",
        context={
            "number": case.number,
            "title": case.title,
            "job": row.job.number,
            "day": day,
            "reason": reason[:200],
            **said,
        },
        url=reverse("finding", args=[case.number]),
    )

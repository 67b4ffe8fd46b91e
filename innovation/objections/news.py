"""The words of objections' notices and of their entries in the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innovation.awards.models import Candidate
from innovation.awards.opening import officer_of
from innovation.objections import parties, representatives
from innovation.objections.models import Objection, award_of
from workflows.ledger.subjects import register_events
from workflows.notices.outbox import post
from workflows.notices.wording import register as say

WORDS = {
    "award.objection.raised": _("Somebody objects to the award of %(award)s: %(number)s"),
    "award.objection.upheld": _("The objection %(number)s is upheld, the award of %(award)s is void"),
    "award.objection.dismissed": _("The objection %(number)s is dismissed, the award of %(award)s stands"),
    "award.objection.unsigned": _("An unsigned objection waits for you, the union's representative: %(award)s"),
}
EVENTS = {
    "award.objection.written": _("Unsigned objection, its writer sealed"),
    "award.objection.taken_up": _("Unsigned objection taken up by the representative"),
    "award.objection.declined": _("Unsigned objection not taken up"),
}


def register() -> None:
    for event, words in WORDS.items():
        body = "%(reason)s" if event.endswith(("upheld", "dismissed")) else ""
        say(event, title=words, body=body)
    register_events(EVENTS)


def raised(objection: Objection, candidate: Candidate) -> None:
    """The award's authors and the officer hear of it."""
    _tell("raised", objection, candidate, {objection.case.author_id})


def answered(objection: Objection, candidate: Candidate) -> None:
    _tell("upheld" if objection.upheld else "dismissed", objection, candidate, set())


def _tell(what: str, objection: Objection, candidate: Candidate, but: set[int]) -> None:
    case = objection.case
    officer = officer_of(candidate.round.workshop)
    people = {*parties.authors_of(candidate), case.author_id, *([officer.pk] if officer else [])} - but
    post(
        event=f"award.objection.{what}",
        key=f"objection:{case.pk}:{what}",
        recipients=people,
        subject=f"case:{case.pk}",
        context={"number": case.number, "award": award_of(candidate), "reason": objection.answer[:200]},
        url=reverse("case", args=[case.number]),
    )


def unsigned(key: str, candidate: Candidate) -> None:
    """All representatives hear of it, whoever wrote it: leaving one out would tell."""
    people: Iterable[int] = [person.pk for person in representatives.of(candidate.round.workshop)]
    post(
        event="award.objection.unsigned",
        key=f"unsigned:{key}",
        recipients=people,
        subject=f"unsigned:{key}",
        context={"award": award_of(candidate)},
        url=reverse("unsigned_objection", args=[key]),
    )

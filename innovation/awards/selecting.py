"""Candidates put in or taken out by hand, with a reason that is published. Each act is one transaction under the
lock of the round's case."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from innovation.awards import collecting, course, seating
from innovation.awards.flow import AwardRoundFlow
from innovation.awards.models import AwardRound, Candidate, Out, Seat
from innovation.proposals.models import Proposal
from workflows.engine.errors import BadMove, NoSuchThing, NotYours, Overtaken
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds

LONGEST_REASON = 400
BY_HAND = (Out.OFFICER, Out.WITHDRAWN)


def may_select(person: Person, round: AwardRound) -> bool:
    """The innovation officer of the workshop, or of a unit above it."""
    return holds(person, Role.INNOVATION_OFFICER, round.workshop.path, at_or_above=True)


def may_put_in(round: AwardRound) -> bool:
    return round.case.state == Case.State.OPEN and round.marks_opened_at is None and not _sealed(round)


def may_take_out(round: AwardRound) -> bool:
    return round.case.state == Case.State.OPEN and round.announced_at is None


def stamp(candidate: Candidate, round: AwardRound) -> str:
    """What a page shows of a candidate's standing; an act from a page that shows another is too late."""
    return f"{candidate.out}.{candidate.rank or 0}.{int(round.marks_opened_at is not None)}"


def shown(round: AwardRound) -> str:
    """What a page shows of all candidates together, as a digest. One statement."""
    fields = ("pk", "out", "score", "grade", "amount", "waits", "void_at")
    rows = Candidate.objects.filter(round=round).order_by("pk").values_list(*fields)
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def put_in(*, actor: Person, round_id: int, number: str, reason: str) -> Candidate:
    """Make a proposal a candidate that the collecting left out, or that had been taken out.

    Raises NotYours (403), NoSuchThing (404), Overtaken (409), BadMove with the field that it is about.
    """
    with _locked(actor, round_id) as round:
        why = _reason(reason)
        _may_still_come_in(round)
        proposal = _proposal(actor, round, number)
        candidate = Candidate.objects.filter(round=round, proposal=proposal).first()
        if candidate is not None and not candidate.out:
            return _came_before(round, candidate, actor, why)
        _fits(round, proposal)
        candidate = candidate or _new(round, proposal)
        candidate.out, candidate.out_reason = "", ""
        candidate.added_by, candidate.added_reason = actor, why
        candidate.save()
        seating.recuse(round)
        _record(round, "award.candidate.added", actor, candidate, why)
        return candidate


def take_out(*, actor: Person, round_id: int, number: str, reason: str, how: str, seen: str) -> Candidate:
    """Take a candidate out: by the officer's decision, or because its authors withdrew it (`how`).

    Marks that were given stay sealed and are not counted; after the ranking everything is reckoned anew.
    """
    with _locked(actor, round_id) as round:
        why = _reason(reason)
        if how not in BY_HAND:
            raise BadMove(_("Pick who wanted it."), field="how")
        candidate = Candidate.objects.filter(round=round, proposal__case__number=number).first()
        if candidate is None:
            raise NoSuchThing
        if candidate.out:
            return _went_before(round, candidate, actor, why)
        if not may_take_out(round):
            raise Overtaken(_("The notice hangs out; from here on only an objection changes an award."))
        if seen != stamp(candidate, round):
            raise Overtaken(_("The round has moved on since you opened this page. Look at it again."))
        candidate.out, candidate.out_reason = how, why
        candidate.save()
        _record(round, "award.candidate.removed", actor, candidate, why)
        if round.marks_opened_at is not None:
            course.rank(round.case)
        return candidate


@contextmanager
def _locked(actor: Person, round_id: int) -> Iterator[AwardRound]:
    process = AwardRound.objects.visible_to(actor).filter(pk=round_id).values_list("case__process", flat=True).first()
    if process is None:
        raise NoSuchThing
    with AwardRoundFlow.lock(process):
        round = AwardRound.objects.select_related("case__rules", "case__unit", "workshop").get(pk=round_id)
        if not may_select(actor, round):
            raise NotYours
        if round.case.state == Case.State.HELD:
            raise BadMove(_("This case is on hold: %(reason)s") % {"reason": round.case.held_reason})
        yield round


def _reason(typed: str) -> str:
    why = typed.strip()
    if not why:
        raise BadMove(_("Say why; everybody will read it."), field="reason")
    if len(why) > LONGEST_REASON:
        raise BadMove(_("At most %(n)s characters.") % {"n": LONGEST_REASON}, field="reason")
    return why


def _sealed(round: AwardRound) -> bool:
    return Seat.objects.filter(round=round, sealed_at__isnull=False).exists()


def _may_still_come_in(round: AwardRound) -> None:
    if round.case.state != Case.State.OPEN:
        raise Overtaken(_("The round is over."))
    if round.marks_opened_at is not None:
        raise Overtaken(_("The marks are open; nothing more comes into this round."))
    if _sealed(round):
        raise Overtaken(_("A judge has sealed already and could not mark it any more: next month it can come in."))


def _proposal(actor: Person, round: AwardRound, number: str) -> Proposal:
    within = Proposal.objects.visible_to(actor).filter(case__unit__path__startswith=round.workshop.path)
    found = within.select_related("case__unit").filter(case__number=number.strip().upper()).first()
    if found is None:
        raise BadMove(_("No proposal of this workshop has this number."), field="number")
    return found


def _fits(round: AwardRound, proposal: Proposal) -> None:
    """Accepted, implemented, never awarded, and in no other round that is still under way."""
    if proposal.case.imported or not proposal.accepted_level or proposal.implemented_at is None:
        raise BadMove(_("Only what was accepted and implemented can be a candidate."), field="number")
    if collecting.awarded_earlier(proposal.pk):
        raise BadMove(_("Awarded before, by the imported history"), field="number")
    others = Candidate.objects.filter(proposal=proposal).exclude(round=round).select_related("round__case")
    if awarded := others.exclude(grade="").filter(waits=False).first():
        words = _("It has been awarded already, in %(round)s.")
        raise BadMove(words % {"round": awarded.round.case.number}, field="number")
    if running := others.filter(out="").exclude(round__case__state=Case.State.CLOSED).first():
        words = _("It is a candidate of %(round)s, which is still under way.")
        raise BadMove(words % {"round": running.round.case.number}, field="number")


def _new(round: AwardRound, proposal: Proposal) -> Candidate:
    """With what stood when the round opened: a benefit verified later does not count here."""
    opened = round.case.filed_at
    then = proposal.verified_at is not None and proposal.verified_at <= opened
    return Candidate(
        round=round, proposal=proposal, level=proposal.accepted_level, filed_at=proposal.case.filed_at,
        verified_benefit=proposal.verified_benefit if then else None,
    )  # fmt: skip


def _came_before(round: AwardRound, candidate: Candidate, actor: Person, why: str) -> Candidate:
    """The same form twice is one act; a colleague's is told."""
    if candidate.added_by_id == actor.pk and candidate.added_reason == why:
        return candidate
    if candidate.added_by is None:
        raise BadMove(_("It is a candidate already."), field="number")
    raise Overtaken(_told(round, candidate, "award.candidate.added", _("%(who)s put it in already.")))


def _went_before(round: AwardRound, candidate: Candidate, actor: Person, why: str) -> Candidate:
    last = _last(round, candidate, "award.candidate.removed")
    if last and last["actor"] == actor.employee_no and candidate.out_reason == why:
        return candidate
    raise Overtaken(_told(round, candidate, "award.candidate.removed", _("%(who)s took it out already.")))


def _told(round: AwardRound, candidate: Candidate, event: str, words: str) -> str:
    last = _last(round, candidate, event)
    if last is None:
        return _("The round has moved on since you opened this page. Look at it again.")
    who = Person.objects.filter(employee_no=last["actor"]).values_list("name", flat=True).first()
    return words % {"who": who or last["actor"]}


def _last(round: AwardRound, candidate: Candidate, event: str) -> dict[str, str] | None:
    entries = Entry.objects.filter(chain__subject=f"case:{round.case_id}", event=event).order_by("-seq")
    for entry in entries.select_related("payload"):
        said: dict[str, str] = json.loads(entry.payload.body or "{}")
        if said.get("case") == candidate.proposal.case.number:
            return said
    return None


def _record(round: AwardRound, event: str, actor: Person, candidate: Candidate, why: str) -> None:
    said = {
        "actor": actor.employee_no, "case": candidate.proposal.case.number, "out": candidate.out, "reason": why,
        "marks_open": round.marks_opened_at is not None,
    }  # fmt: skip
    append(subject=f"case:{round.case_id}", event=event, payload=said, at=now())

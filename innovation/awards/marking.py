"""A judge's marks: written, revised, sealed; nobody else reads any until all of the round open together.

What is not sealed yet lies encrypted, too, so that neither a database's administrator nor a copy of it knows a mark.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from innovation.awards.models import AwardRound, Candidate, Recusal, Seat, Sheet
from innovation.awards.records import rules_of
from innovation.awards.rules import AwardRules
from workflows.engine.errors import BadMove, Overtaken
from workflows.engine.turn import Turn
from workflows.ledger.clock import now
from workflows.ledger.entries import append, unseal
from workflows.ledger.models import Entry
from workflows.ledger.sealing import open_sealed, seal
from workflows.store.gathering import change

LONGEST_COMMENT = 1000


class MayNotMark(BadMove):
    """The judge is recused from this candidate; the attempt is on record."""


@dataclass(frozen=True)
class Written:
    """What a judge has written of one candidate so far; marks may be incomplete. `token`: of the form it came from."""

    marks: Mapping[str, int]
    comment: str = ""
    token: str = ""


NOTHING = Written({})


def seat_of(round: AwardRound, person: Any) -> Seat | None:
    return Seat.objects.filter(round=round, person=person).first()


def to_mark(seat: Seat) -> list[Candidate]:
    """The candidates that this judge marks, in the order of their numbers."""
    recused = Recusal.objects.filter(seat=seat).values("candidate")
    found = Candidate.objects.filter(round=seat.round_id).standing().exclude(pk__in=recused)
    return list(
        found.select_related("proposal__case__author", "proposal__case__unit").order_by("proposal__case__number")
    )


def written(seat: Seat) -> dict[int, Written]:
    """By candidate, as drafts or, once all are open, as opened. For the judge's own eyes."""
    sheets = Sheet.objects.filter(Q(draft__isnull=False) | Q(marks__isnull=False), seat=seat)
    return {sheet.candidate_id: _read(sheet) for sheet in sheets}


def write(
    seat: Seat,
    candidate: Candidate,
    marks: Mapping[str, int],
    comment: str,
    rules: AwardRules,
    *,
    token: str = "",
    seen: str | None = None,
) -> None:
    """Keep a draft. The same form twice, known by its `token`, is kept once.

    Raises BadMove once sealed, MayNotMark for a recused candidate (the view records the refusal), Overtaken if what
    the form was read from (`seen`, the token of that draft) is no longer what is kept.
    """
    with transaction.atomic():
        seat = _locked(seat)
        _may_write(seat)
        _is_independent(seat, candidate)
        _still_stands(candidate)
        known = {criterion.key for criterion in rules.criteria}
        if set(marks) - known or any(not 0 <= value <= 100 for value in marks.values()):
            raise BadMove(_("A mark is a whole number from 0 to 100."), field="marks")
        kept = written(seat).get(candidate.pk, NOTHING)
        if token and kept.token == token:
            return
        if seen is not None and kept.token != seen:
            raise Overtaken(_("You kept other marks for this candidate in another window meanwhile."))
        _keep(seat, candidate, Written(marks, comment[:LONGEST_COMMENT], token))


def _keep(seat: Seat, candidate: Candidate, draft: Written) -> None:
    said = {"marks": dict(draft.marks), "comment": draft.comment, "token": draft.token}
    sealed = seal(secrets.token_hex(16), json.dumps(said, ensure_ascii=False), _commitment(seat.pk, candidate.pk))
    Sheet.objects.update_or_create(seat=seat, candidate=candidate, defaults={"draft": sealed})


def _locked(seat: Seat) -> Seat:
    """So that no draft comes in beside the sealing."""
    return Seat.objects.select_for_update(of=("self",)).select_related("round").get(pk=seat.pk)


def missing(seat: Seat, rules: AwardRules) -> list[Candidate]:
    """What still lacks a mark before the judge may seal."""
    have = written(seat)
    whole = {criterion.key for criterion in rules.criteria}
    return [c for c in to_mark(seat) if c.pk not in have or set(have[c.pk].marks) != whole]


def seal_all(seat: Seat, rules: AwardRules) -> None:
    """Seal the judge's marks into one encrypted entry. From now on nothing of it changes."""
    _may_write(_locked(seat))
    if lacking := missing(seat, rules):
        count = {"count": len(lacking), "first": lacking[0].proposal.case.number}
        raise BadMove(_("%(count)s candidates are not marked in full yet, the first is %(first)s.") % count)
    have = written(seat)
    hand_in(seat, {candidate: have[candidate.pk] for candidate in to_mark(seat)})


def hand_in(seat: Seat, sheets: Mapping[Candidate, Written]) -> None:
    """One encrypted entry of what this judge gives, whole."""
    said = {one.proposal.case.number: {"marks": dict(w.marks), "comment": w.comment} for one, w in sheets.items()}
    stamp = append(
        subject=f"case:{seat.round.case_id}",
        event="award.marks.sealed",
        payload={"place": seat.name, "sheets": said},
        sealed=True,
    )
    seat.sealed_at, seat.sealed_seq = now(), stamp.seq
    change(seat, "sealed_at", "sealed_seq")


def open_all(round: AwardRound) -> dict[str, dict[str, dict[str, int]]]:
    """Read every sealed entry, put the marks beside their sheets, and return them: case → J1 → criterion → mark."""
    candidates = dict(Candidate.objects.filter(round=round).values_list("proposal__case__number", "pk"))
    opened: dict[str, dict[str, dict[str, int]]] = {}
    sheets = []
    for seat in Seat.objects.filter(round=round, sealed_at__isnull=False):
        entry = Entry.objects.select_related("payload").get(
            chain__subject=f"case:{round.case_id}", seq=seat.sealed_seq or 0
        )
        for number, sheet in unseal(entry)["sheets"].items():
            opened.setdefault(number, {})[seat.name] = sheet["marks"]
            sheets.append(
                Sheet(seat=seat, candidate_id=candidates[number], marks=sheet["marks"], comment=sheet["comment"])
            )
    Sheet.objects.filter(seat__round=round).delete()
    Sheet.objects.bulk_create(sheets, batch_size=2000)
    return opened


def _may_write(seat: Seat) -> None:
    if seat.sealed_at is not None:
        raise BadMove(_("You have sealed your marks; they stand until all are opened."))
    if seat.late or seat.round.marks_opened_at is not None:
        raise BadMove(_("The time for marking is over."))


def _is_independent(seat: Seat, candidate: Candidate) -> None:
    recusal = Recusal.objects.filter(seat=seat, candidate=candidate).first()
    if recusal is not None:
        raise MayNotMark(why_not(recusal.relation))


def _still_stands(candidate: Candidate) -> None:
    if Candidate.objects.filter(pk=candidate.pk).exclude(out="").exists():
        raise BadMove(_("It has been taken out of the round; nobody marks it any more."))


def note_refusal(seat: Seat, candidate: Candidate) -> None:
    """An attempt to mark what one may not: counted and on record. Called outside the refused transaction."""
    with transaction.atomic():
        Recusal.objects.filter(seat=seat, candidate=candidate).update(refused=F("refused") + 1)
        append(
            subject=f"case:{seat.round.case_id}",
            event="award.mark.refused",
            payload={"judge": seat.person.employee_no, "case": candidate.proposal.case.number},
        )


RELATIONS = {
    "author": lambda: _("You are an author of this one, so you do not mark it."),
    "co_author": lambda: _("You are a co-author of this one, so you do not mark it."),
    "own_team": lambda: _("It comes from your own team, so you do not mark it."),
    "superior": lambda: _("You are the direct superior of an author, so you do not mark it."),
    "tie": lambda: _("You have a declared tie to an author, so you do not mark it."),
}


def why_not(relation: str) -> str:
    return RELATIONS[relation]()


def _read(sheet: Sheet) -> Written:
    if sheet.marks is not None:
        return Written(sheet.marks, sheet.comment)
    _salt, body = open_sealed(bytes(sheet.draft or b""), _commitment(sheet.seat_id, sheet.candidate_id))
    read = json.loads(body)
    return Written(read["marks"], read["comment"], read.get("token", ""))


def _commitment(seat_id: int, candidate_id: int) -> str:
    """Binds a draft to its place, so that no other can be put there."""
    return f"award:{seat_id}:{candidate_id}"


def seal_in_turn(held: Turn) -> None:
    """The judge's own turn at the scoring step: seal, and the step ends with the last of them."""
    seat = Seat.objects.select_related("round__case__rules").get(round__case=held.case, person=held.actor)
    seal_all(seat, rules_of(held.case))
    held.complete()

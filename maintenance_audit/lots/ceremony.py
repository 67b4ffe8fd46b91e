"""Commit and reveal 承诺与揭示: what each party commits before anything is shown, and shows in its turn.

Nonces are kept by the party itself, or here encrypted until its turn comes; the audit lead's are kept here, because the
draw needs them before they are published.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maintenance_audit.lots.models import Lot, LotState, Nonce, Party
from maintenance_audit.lots.redraw import commitment
from workflows.engine.errors import BadMove
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.ledger.sealing import open_sealed, seal
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds
from workflows.store.gathering import change

TIERS = (1, 2, 3)
SEED_PARTIES = (Party.CONTRACTOR, Party.WORKSHOP, Party.UNION)
NONCE = re.compile(r"[0-9a-f]{32,128}")
DIGEST = re.compile(r"[0-9a-f]{64}")
SPOKEN_BY = {
    Party.CONTRACTOR: (Role.CONTRACTOR,),
    Party.WORKSHOP: (Role.MAINTENANCE_PLANNER, Role.WORKSHOP_REVIEWER),
    Party.UNION: (Role.UNION_REPRESENTATIVE,),
    Party.LEAD: (Role.AUDIT_LEAD,),
}
RUNS = 2  # a withheld nonce is rerun once


@dataclass(frozen=True)
class Committed:
    """What a party hands in for one tier: its nonce to be kept here, or only the commitment."""

    nonce: str = ""
    commitment: str = ""


def new_nonce() -> str:
    return secrets.token_hex(16)


# ---------------------------------------------------------------- committing
def take(lot: Lot, party: Party, handed_in: Sequence[Committed], *, by: Person, seat: Person) -> list[Nonce]:
    """Keep a party's three commitments of this round. Raises BadMove, at the field of the tier.

    `seat`: for whom they act, themselves or an absent colleague.
    """
    _belongs(lot, party, seat)
    _may_speak(lot, party, by)
    there = list(Nonce.objects.filter(lot=lot))
    known = {one.commitment for one in there}
    known_nonces = {shown(one) for one in there if one.nonce or one.kept}
    made = []
    for tier, one in zip(TIERS, handed_in, strict=True):
        digest = _digest_of(lot, party, one, tier)
        if digest in known or (one.nonce and one.nonce in known_nonces):
            raise BadMove(_("This nonce or commitment was used already. Make a new one."), field=f"tier_{tier}")
        known.add(digest)
        known_nonces.add(one.nonce)
        made.append(
            Nonce(
                lot=lot, round=lot.round, tier=tier, party=party, person=by, commitment=digest, committed_at=now(),
                kept=seal(secrets.token_hex(16), one.nonce, digest) if one.nonce else None,
            )
        )  # fmt: skip
    Nonce.objects.bulk_create(made)
    _write(lot, "committed", {"by": by.employee_no, "party": party, "commitments": [one.commitment for one in made]})
    return made


def _digest_of(lot: Lot, party: Party, one: Committed, tier: int) -> str:
    field = f"tier_{tier}"
    if one.nonce:
        if not NONCE.fullmatch(one.nonce):
            raise BadMove(_("A nonce is 32 to 128 of the characters 0-9 and a-f."), field=field)
        digest = commitment(lot.case.number, lot.round, party, one.nonce)
        if one.commitment and one.commitment != digest:
            raise BadMove(_("The commitment is not that of this nonce."), field=field)
        return digest
    if not DIGEST.fullmatch(one.commitment):
        raise BadMove(_("A commitment is 64 of the characters 0-9 and a-f."), field=field)
    return one.commitment


def _belongs(lot: Lot, party: Party, seat: Person) -> None:
    """A task may be handed on, a party's word may not."""
    at = lot.contractor if party == Party.CONTRACTOR else lot.workshop
    if not any(holds(seat, role, at.path, at_or_above=True) for role in SPOKEN_BY[party]):
        raise BadMove(_("This is %(party)s's word: only its own people give it.") % {"party": party.label})


def _may_speak(lot: Lot, party: Party, by: Person) -> None:
    """One person for one party; and in the second run somebody new for the party that withheld."""
    spoke = Nonce.objects.filter(lot=lot, round=lot.round, person=by).exclude(party=party)
    if spoke.exists():
        raise BadMove(_("You have committed for another party of this draw. Let a colleague do this one."))
    if missed_by(lot).filter(person=by, party=party).exists():
        raise BadMove(_("You let the first deadline pass. This time somebody else of your party commits."))


def missed_by(lot: Lot) -> QuerySet[Nonce]:
    """What was committed in an earlier round by a party that then withheld."""
    return Nonce.objects.filter(lot=lot, round__lt=lot.round, withheld_at__isnull=False)


def committed(lot: Lot) -> None:
    if lot.state == LotState.FROZEN:
        _stand(lot, LotState.COMMITTED)


# ---------------------------------------------------------------- revealing
def due_of(lot: Lot, party: Party) -> Nonce | None:
    """The nonce that this party is to reveal now."""
    return Nonce.objects.filter(lot=lot, round=lot.round, tier=lot.tier, party=party, withheld_at=None).first()


def show(lot: Lot, party: Party, typed: str, *, by: Person, seat: Person) -> Nonce:
    """Reveal the tier's nonce: as typed, or as it is kept here. Raises BadMove: a wrong one reveals nothing."""
    _belongs(lot, party, seat)
    one = due_of(lot, party)
    if one is None or one.nonce:
        raise BadMove(_("There is nothing to reveal."))
    nonce = typed or shown(one)
    if not nonce:
        raise BadMove(_("You kept this nonce yourself: type it in."), field="nonce")
    if not NONCE.fullmatch(nonce) or commitment(lot.case.number, one.round, party, nonce) != one.commitment:
        raise BadMove(_("This is not the nonce that was committed. Nothing was revealed."), field="nonce")
    if Nonce.objects.filter(lot=lot, nonce=nonce).exists():
        raise BadMove(_("Another party has revealed the same nonce; equal nonces are not taken."), field="nonce")
    publish(one, by=by, nonce=nonce)
    return one


def shown(one: Nonce) -> str:
    """The nonce, revealed or kept here. Whoever calls answers for the moment being right."""
    if one.nonce or one.kept is None:
        return one.nonce
    _salt, nonce = open_sealed(bytes(one.kept), one.commitment)
    return nonce


def publish(one: Nonce, *, by: Person | None, nonce: str = "") -> None:
    one.nonce, one.revealed_at = nonce or shown(one) or one.nonce, now()
    one.save(update_fields=["nonce", "revealed_at"])
    said = {
        "by": by.employee_no if by else None, "commitment": one.commitment, "nonce": one.nonce, "party": one.party,
        "round": one.round, "tier": one.tier,
    }  # fmt: skip
    append(subject=f"case:{one.lot.case_id}", event="maintenance_audit.nonce.revealed", payload=said)


def revealed(lot: Lot) -> None:
    _stand(lot, LotState.REVEALED)


def nonces_of(lot: Lot) -> list[str] | None:
    """The tier's revealed nonces in order; None where a party withheld: then every job is checked."""
    rows = Nonce.objects.filter(lot=lot, round=lot.round, tier=lot.tier, party__in=SEED_PARTIES).exclude(nonce="")
    found = dict(rows.values_list("party", "nonce"))
    return [found[party] for party in SEED_PARTIES] if len(found) == len(SEED_PARTIES) else None


def any_revealed(lot: Lot) -> bool:
    return Nonce.objects.filter(lot=lot, revealed_at__isnull=False).exists()


# ---------------------------------------------------------------- withholding
def withhold(lot: Lot, party: Party) -> None:
    """A deadline passed. The contractor's: every job is checked. Another's: one rerun, then every job is checked."""
    missed = Nonce.objects.filter(lot=lot, round=lot.round, tier=lot.tier, party=party, revealed_at=None)
    missed.update(withheld_at=now())
    again = party != Party.CONTRACTOR and lot.round < RUNS
    said = {"party": party, "round": lot.round, "tier": lot.tier, "then": "rerun" if again else "check_all"}
    _write(lot, "withheld", said)
    if again:
        lot.round += 1
        change(lot, "round")
        return
    if lot.tier == 1:
        lot.check_all = party
        change(lot, "check_all")


def runs_again(lot: Lot) -> bool:
    """Nobody has committed in the round that begins now."""
    return lot.round > 1 and not Nonce.objects.filter(lot=lot, round=lot.round).exists()


def may_still_reveal(lot: Lot) -> bool:
    rows = Nonce.objects.filter(lot=lot, round=lot.round, tier=lot.tier, party__in=SEED_PARTIES)
    return rows.filter(withheld_at=None).count() == len(SEED_PARTIES)


def _stand(lot: Lot, state: LotState) -> None:
    lot.state = state
    change(lot, "state")


def _write(lot: Lot, what: str, payload: dict[str, object]) -> None:
    said = {"round": lot.round} | payload
    append(subject=f"case:{lot.case_id}", event=f"maintenance_audit.nonce.{what}", payload=said)

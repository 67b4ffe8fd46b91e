"""Declared ties: by the person themself, that it exists and nothing else."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workflows.ledger.clock import now
from workflows.organisation import record
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Tie


@transaction.atomic
def declare_tie(*, actor: Person, other: Person) -> Tie:
    if other.pk == actor.pk:
        raise Refused(_("A tie is to somebody else."), "colleague")
    try:
        with transaction.atomic():
            tie = Tie.objects.create(person=actor, other=other, declared_at=now())
    except IntegrityError:
        raise Refused(_("This tie is declared already."), "colleague")
    record.on_person(actor, "tie.declared", actor=actor, tie=tie.pk, other=other.pk)
    return tie


@transaction.atomic
def end_tie(*, actor: Person, tie: Tie) -> Tie:
    """End one's own declaration. What was decided while it held stays recused."""
    tie = Tie.objects.select_for_update().get(pk=tie.pk, person=actor)
    if tie.ended_at is None:
        tie.ended_at = now()
        tie.save(update_fields=["ended_at"])
        record.on_person(actor, "tie.ended", actor=actor, tie=tie.pk, other=tie.other_id)
    return tie


def tied_to(person: Person) -> set[int]:
    """Ids of those with an open tie to the person, whoever declared it."""
    rows = Tie.objects.open_of(person).values_list("person_id", "other_id")
    return {one if other == person.pk else other for one, other in rows}

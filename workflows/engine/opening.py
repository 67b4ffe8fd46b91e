"""Opening a case: its number, its rules, its parties, and the first step of its flow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.engine import bigrams, kinds, recording
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, CaseParty, RuleVersion
from workflows.ledger.clock import now
from workflows.organisation.models import Person, Unit
from workflows.store.gathering import gathered


def rules_for(kind: str, unit: Unit) -> RuleVersion:
    """The version in force for a case of this kind filed now at this unit."""
    found = RuleVersion.objects.in_force(kinds.ruled_by(kind), unit.ancestor_ids)
    if found is None:
        raise BadMove(_("No rules have been published for your unit yet; ask a rule publisher."))
    return found


def next_number(prefix: str) -> str:
    """TA-2611-0061: prefix, year and month of the plant, and a running number. Locked for the transaction."""
    stem = f"{prefix}-{timezone.localtime(now()):%y%m}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO engine_numbering (stem, last) VALUES (%s, 1) "
            "ON CONFLICT (stem) DO UPDATE SET last = engine_numbering.last + 1 RETURNING last",
            [stem],
        )
        return f"{stem}-{cursor.fetchone()[0]:04d}"


def open_case(
    *,
    actor: Person,
    kind: str,
    token: UUID,
    title: str,
    unit: Unit,
    parties: Iterable[tuple[int, str]],
    content_digest: str,
    search_text: str = "",
    business: Any = None,
    reserved: bool = False,
    rules: RuleVersion | None = None,
) -> Case:
    """Open a case and start its flow. Idempotency is the caller's: look for `token` first.

    parties: (person id, relation) of everybody whom it concerns; they will be recused.
    business(case): writes the business row; it runs before the first step is opened, which may read it.
    rules: the version that the case is pinned to, where another case has brought it about; else the one in force.
    reserved: only those in whose hands it is may read it, until `Case.reserved` is lifted.
    """
    described = kinds.get(kind)
    start = described.flow.instance.node("file")
    moment = now()
    with transaction.atomic(), gathered():
        activation = start.activation_class.create(start, None, None)
        activation.process.save()
        case = Case(
            token=token,
            number=next_number(described.prefix),
            kind=kind,
            title=title,
            unit=unit,
            author=actor,
            rules=rules or rules_for(kind, unit),
            process=activation.process,
            content_digest=content_digest,
            reserved=reserved,
            filed_at=moment,
            moved_at=moment,
            search=vector(search_text or title),
        )
        case.save(force_insert=True)
        CaseParty.objects.bulk_create(CaseParty(case=case, person_id=p, relation=r) for p, r in parties)
        if business is not None:
            business(case)
        activation.process.case = case
        recording.record(case=case, step=None, item=None, actor=actor, verb="file")
        activation.execute()
    return case


def vector(text: str) -> Cast:
    """Overlapping pairs of characters as a tsvector: two Chinese characters are a word to search for."""
    return Cast(Value(bigrams.bigrams(text)), SearchVectorField())

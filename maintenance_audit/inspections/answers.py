"""What an inspector has answered so far: kept encrypted, each answer once, the last of each question standing.

Nothing here is readable without the sealing key, not even for whoever administers the database; what has been replaced
is forgotten, its token stays, so that a phone that sends it again changes nothing.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from maintenance_audit.inspections.models import Draft, Inspection, Nature, TagHow, Verdict
from maintenance_audit.inspections.sheet import Sheet
from maintenance_audit.inspections.tolerance import within
from maintenance_audit.jobs.models import Claim
from maintenance_audit.register.models import Severity
from workflows.engine.errors import BadMove
from workflows.engine.models import Case
from workflows.ledger.clock import now
from workflows.ledger.sealing import open_sealed, seal

LONGEST_NOTE = 1000
MOST = Decimal("99999999999.999")
PASSED = ("yes", "no", "na")


@dataclass(frozen=True)
class Answer:
    """`said` as cleaned; `at`: the phone's word for when, in it."""

    key: str
    token: UUID
    said: Mapping[str, str]
    received_at: datetime


@dataclass(frozen=True)
class Sent:
    key: str
    token: UUID
    said: Mapping[str, Any]


def of(inspection: Inspection) -> dict[str, Answer]:
    """By key, the last of each. For the inspector's own eyes."""
    drafts = Draft.objects.filter(inspection=inspection).exclude(content=b"").order_by("key", "-pk").distinct("key")
    return {draft.key: _read(inspection, draft) for draft in drafts}


def keep(inspection: Inspection, sent: Iterable[Sent], sheet: Sheet) -> dict[str, str]:
    """Keep what is new. Returns what could not be taken in: key → sentence; the rest is kept.

    Raises BadMove once the record is sealed or somebody else inspects.
    """
    refused: dict[str, str] = {}
    with transaction.atomic():
        locked = lock(inspection)
        rows: dict[UUID, Draft] = {}
        for one in sent:
            try:
                rows[one.token] = _row(locked, one, clean(sheet, one.key, one.said))
            except BadMove as told:
                refused[one.key] = told.message
        return refused | _write(locked, rows)


def lock(inspection: Inspection) -> Inspection:
    """So that no answer comes in beside the sealing."""
    row = Inspection.objects.select_for_update(of=("self",)).select_related("assignment", "case").get(pk=inspection.pk)
    may_write(row)
    return row


def may_write(inspection: Inspection) -> None:
    if inspection.sealed_at is not None:
        raise BadMove(_("This record is sealed; nothing in it changes any more."))
    if inspection.assignment.ended_at is not None or inspection.case.state == Case.State.CLOSED:
        raise BadMove(_("Somebody else inspects this job now. What you recorded is not used."))


def _row(inspection: Inspection, one: Sent, said: Mapping[str, str]) -> Draft:
    body = seal(secrets.token_hex(16), json.dumps(said, ensure_ascii=False), _place(inspection.pk, one.key))
    return Draft(inspection=inspection, key=one.key, token=one.token, content=body, received_at=now())


def _write(inspection: Inspection, rows: Mapping[UUID, Draft]) -> dict[str, str]:
    """Three statements, however many answers: the same token again is the same answer, the last of each stands."""
    if not rows:
        return {}
    Draft.objects.bulk_create(rows.values(), ignore_conflicts=True)
    here = Draft.objects.filter(inspection=inspection)
    known = set(here.filter(token__in=rows).values_list("key", "token"))
    last = here.order_by("key", "-pk").distinct("key").values("pk")
    here.exclude(content=b"").exclude(pk__in=last).update(content=b"")
    strange = [row.key for row in rows.values() if (row.key, row.token) not in known]
    return dict.fromkeys(strange, _("This answer could not be matched. Change it and send it again."))


def forget(inspection: Inspection) -> None:
    """Once sealed, the record is the ledger's; what came in on the way there is not kept beside it."""
    Draft.objects.filter(inspection=inspection).exclude(content=b"").update(content=b"")


def _read(inspection: Inspection, draft: Draft) -> Answer:
    _salt, body = open_sealed(bytes(draft.content), _place(inspection.pk, draft.key))
    return Answer(draft.key, draft.token, json.loads(body), draft.received_at)


def _place(inspection_id: int, key: str) -> str:
    """Binds an answer to its question, so that no other can be put there."""
    return f"inspection:{inspection_id}:{key}"


# What may be said. ----------------------------------------------------------------------------------------------------


def clean(sheet: Sheet, key: str, said: Mapping[str, Any]) -> dict[str, str]:
    """The answer as it is kept; it may still lack something. Raises BadMove for what no answer can be."""
    if key not in sheet.keys or not isinstance(said, Mapping):
        raise BadMove(_("This question is not part of your sheet."), field=key)
    words = {name: str(value).strip() for name, value in said.items() if isinstance(value, str | int)}
    if any("\0" in value for value in words.values()):
        raise BadMove(_("This contains a character that cannot be kept."), field=key)
    kind = key.partition(":")[0]
    cleaned = {"claim": _claim, "check": _check, "tag": _tag}[kind](key, words)
    at = parse_moment(words.get("at", ""))
    return cleaned | ({"at": at.isoformat()} if at else {})


def _claim(key: str, words: Mapping[str, str]) -> dict[str, str]:
    nature = _one_of(key, words.get("nature", ""), Nature.values)
    severity = Severity.CRITICAL.value if nature else _one_of(key, words.get("severity", ""), Severity.values)
    verdict = _one_of(key, words.get("verdict", ""), Verdict.values)
    if verdict != Verdict.NONCONFORMING:
        nature = severity = ""
    value = _number(key, words.get("value", ""))
    return {
        "verdict": verdict, "value": value, "note": words.get("note", "")[:LONGEST_NOTE], "severity": severity,
        "nature": nature,
    }  # fmt: skip


def _check(key: str, words: Mapping[str, str]) -> dict[str, str]:
    return {"passed": _one_of(key, words.get("passed", ""), PASSED)}


def _tag(key: str, words: Mapping[str, str]) -> dict[str, str]:
    how = _one_of(key, words.get("how", ""), TagHow.values)
    return {"how": how, "tag": words.get("tag", "")[:40], "said": words.get("said", "")[:200]}


def _one_of(key: str, value: str, known: Iterable[str]) -> str:
    if value and value not in known:
        raise BadMove(_("Pick one of what is offered."), field=key)
    return value


def _number(key: str, text: str) -> str:
    """Plain digits with a point; empty stays empty."""
    if not text:
        return ""
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > MOST or -value.as_tuple().exponent > 3:  # type: ignore[operator]
        raise BadMove(_("Digits only, at most three decimals, e.g. 0.05."), field=key)
    return f"{value:f}"


def parse_moment(text: str) -> datetime | None:
    """A phone's clock, whatever it says; nonsense is no time at all."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


# What is missing. -----------------------------------------------------------------------------------------------------


def lacking(sheet: Sheet, given: Mapping[str, Answer]) -> dict[str, str]:
    """Key → what it needs before the record can be sealed."""
    found: dict[str, str] = {}
    for key in sheet.keys:
        said = given[key].said if key in given else {}
        claim = sheet.claim(key)
        sentence = _of_claim(claim, said) if claim else _of_tag(sheet, said) if key == "tag" else _of_check(said)
        if sentence:
            found[key] = sentence
    return found


def _of_claim(claim: Claim, said: Mapping[str, str]) -> str:
    verdict, note = said.get("verdict", ""), said.get("note", "")
    if not verdict:
        return _("Not answered yet.")
    if verdict == Verdict.CANNOT_VERIFY:
        return "" if note else _("Say in a sentence why, e.g. “The trend is kept for 14 days only.”")
    if verdict == Verdict.NONCONFORMING and not said.get("severity"):
        return _("Say how grave it is.")
    if verdict == Verdict.NONCONFORMING and not (note or said.get("value")):
        return _("Say what you saw.")
    if is_measured(claim) and not said.get("value"):
        return _("Write what you measured.")
    if verdict == Verdict.CONFORMING and fits(claim, said) is False and not note:
        return _("It lies outside the tolerance: say why it conforms all the same.")
    return ""


def _of_tag(sheet: Sheet, said: Mapping[str, str]) -> str:
    how = said.get("how", "")
    if how == TagHow.NONE:
        return "" if said.get("said") else _("Say why there is no tag to be seen.")
    if not how:
        return _("Scan the tag, or type its code.")
    if said.get("tag", "").casefold() != sheet.job.equipment.tag.casefold():
        return _("This is another tag: %(tag)s.") % {"tag": said.get("tag", "")}
    return ""


def _of_check(said: Mapping[str, str]) -> str:
    return "" if said.get("passed") else _("Not answered yet.")


def is_measured(claim: Claim) -> bool:
    """A number was claimed and has to hold within something."""
    return claim.value is not None and claim.tolerance != "judged"


def fits(claim: Claim, said: Mapping[str, str]) -> bool | None:
    value = Decimal(said["value"]) if said.get("value") else None
    return within(claim.value, value, claim.tolerance, claim.allowed)

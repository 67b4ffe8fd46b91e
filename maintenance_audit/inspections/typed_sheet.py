"""The sheet as a form: what stands in each field, what is wrong with it, which photos are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from maintenance_audit.inspections import answers, photos, sheet, wording
from maintenance_audit.inspections.answers import Answer, Sent
from maintenance_audit.inspections.models import Inspection, Nature, TagHow, Verdict
from maintenance_audit.inspections.sheet import Sheet
from maintenance_audit.jobs.models import Claim
from maintenance_audit.register.models import Severity
from workflows.documents.models import Document

NAMES = {
    "claim": ("verdict", "value", "note", "severity", "nature"),
    "check": ("passed",),
    "tag": ("how", "tag", "said"),
}
LOOKS = {Verdict.CONFORMING: "accepted", Verdict.NONCONFORMING: "late", Verdict.CANNOT_VERIFY: "soon"}
VERDICTS = [(verdict.value, verdict.label, LOOKS[verdict]) for verdict in Verdict]
PASSED = [("yes", _("Yes")), ("no", _("No")), ("na", _("Does not apply"))]


def names_of(key: str) -> tuple[str, ...]:
    return NAMES[key.partition(":")[0]]


@dataclass
class Row:
    """One question. `error`: what its answer lacks; `reported` and `received`: when it was given, by either clock."""

    key: str
    said: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    claim: Claim | None = None
    text: str = ""
    papers: list[Document] = field(default_factory=list)
    received: datetime | None = None

    @property
    def id(self) -> str:
        return self.key.replace(":", "-")

    @property
    def answered(self) -> bool:
        return bool(self.said.get("verdict") or self.said.get("passed") or self.said.get("how"))

    @property
    def reported(self) -> datetime | None:
        return answers.parse_moment(self.said.get("at", ""))

    @property
    def clock_is_off(self) -> bool:
        return self.received is not None and wording.is_off(self.reported, self.received)

    # Of a claim.
    @property
    def claimed(self) -> str:
        return wording.claimed(self.claim) if self.claim else ""

    @property
    def leeway(self) -> str:
        return wording.leeway(self.claim) if self.claim else ""

    @property
    def step(self) -> str:
        return wording.step_of(self.claim) if self.claim else "1"

    @property
    def measured(self) -> bool:
        return self.claim is None or bool(self.claim.measure) or answers.is_measured(self.claim)

    @property
    def value(self) -> str:
        return wording.number(self.claim.value) if self.claim else ""

    @property
    def allowed(self) -> str:
        return wording.number(self.claim.allowed) if self.claim else ""


@dataclass
class TypedSheet:
    inspection: Inspection
    sheet: Sheet
    rows: list[Row]

    verdicts, severities, natures, passed = VERDICTS, Severity.choices, Nature.choices, PASSED
    blank_claim, blank_check, blank_tag = Row("claim:0"), Row("check:0"), Row("tag")

    @property
    def claims(self) -> list[Row]:
        return [row for row in self.rows if row.claim is not None]

    @property
    def checks(self) -> list[Row]:
        return [row for row in self.rows if row.key.startswith("check:")]

    @property
    def tag(self) -> Row | None:
        return next((row for row in self.rows if row.key == "tag"), None)

    @property
    def answered(self) -> int:
        return sum(row.answered for row in self.claims)

    @property
    def lacking(self) -> int:
        return sum(bool(row.error) for row in self.rows)

    @property
    def ways(self) -> list[tuple[str, Any]]:
        return [(how.value, how.label) for how in (TagHow.TYPED, TagHow.NONE)]

    def counts(self) -> dict[str, int]:
        given = [row.said.get("verdict") for row in self.claims]
        return {verdict.value: given.count(verdict.value) for verdict in Verdict}


def of(inspection: Inspection) -> TypedSheet:
    """As it is kept."""
    asked, given = sheet.of(inspection), answers.of(inspection)
    return _dressed(inspection, asked, given, answers.lacking(asked, given))


def _dressed(
    inspection: Inspection, asked: Sheet, given: Mapping[str, Answer], errors: Mapping[str, str]
) -> TypedSheet:
    papers = photos.of(inspection)
    claims = {sheet.key_of(claim): claim for claim in asked.claims}
    texts = {f"check:{check.place}": check.text for check in asked.checks}
    rows = [
        Row(
            key, said=given[key].said if key in given else {}, error=errors.get(key, ""), claim=claims.get(key),
            text=texts.get(key, ""), papers=papers.get(key, []),
            received=given[key].received_at if key in given else None,
        )
        for key in asked.keys
    ]  # fmt: skip
    return TypedSheet(inspection, asked, rows)


def sent_by(form: QueryDict, asked: Sheet, given: Mapping[str, Answer], token: UUID) -> list[Sent]:
    """What a plain form changes: each answer gets a token of its own, made of the form's."""
    found = []
    for key in asked.keys:
        typed = {name: form.get(f"{key}:{name}", "").strip() for name in names_of(key)}
        if key == "tag":
            typed["how"] = _how(typed, given)
        before = given[key].said if key in given else {}
        if any(typed[name] != before.get(name, "") for name in typed):
            found.append(Sent(key, uuid5(token, key), typed))
    return found


def _how(typed: Mapping[str, str], given: Mapping[str, Answer]) -> str:
    """A code that was scanned before and stands as it was is scanned; a form without script only types."""
    before = given["tag"].said if "tag" in given else {}
    if typed["tag"]:
        return before["how"] if before.get("tag") == typed["tag"] and before.get("how") else TagHow.TYPED.value
    return TagHow.NONE.value if typed["said"] else ""


def with_typed(shown: TypedSheet, form: QueryDict, refused: Mapping[str, str]) -> TypedSheet:
    """What could not be taken in stands as it was typed, with the sentence that says why."""
    for row in shown.rows:
        if row.key in refused:
            row.error = refused[row.key]
            row.said = {name: form.get(f"{row.key}:{name}", "") for name in names_of(row.key)}
    return shown

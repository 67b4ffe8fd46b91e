"""What the columns of a file mean, and the rules for what it has no column for. Kept as JSON, said in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from maintenance_audit.jobs import repeats
from maintenance_audit.jobs.importing import fields
from maintenance_audit.jobs.models import JobImport, JobState
from workflows.organisation.models import Person, Unit

MOST_PARTS = 3


@dataclass
class Mapping:
    """`columns`: key → index. `tag`: the columns that it is composed of, joined by "-".

    `prefix`: numbers in file order, EX-00001, where no column has them. `firm_rule`: "column", "one" (`firms[0]`),
    "turn" (each value of `firm_by` in alphabetical order takes the next of `firms`) or "none".
    `make`: tags, codes and kinds of work that the register lacks are added to it; else their rows are left out.
    """

    columns: dict[str, int] = field(default_factory=dict)
    tag: list[int] = field(default_factory=list)
    prefix: str = ""
    section: str = ""  # code: where the file says none
    state: str = JobState.ACCEPTED
    firm_rule: str = "none"
    firm_by: int = -1
    firms: list[str] = field(default_factory=list)
    firm_of: dict[str, str] = field(default_factory=dict)  # worked out from the file: value → code
    make: bool = True

    @classmethod
    def of(cls, upload: JobImport) -> Mapping:
        return cls(**upload.mapping)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def proposed(upload: JobImport, person: Person) -> Mapping:
    """As this person named the columns of the last file of the same source, else by their headers."""
    before = (
        JobImport.objects.filter(uploader=person, source=upload.source, mapping__has_key="columns")
        .exclude(pk=upload.pk)
        .order_by("-moved_at")
        .first()
    )
    if before is not None:
        return Mapping.of(before)
    columns = fields.guess(upload.headers)
    if "accepted" not in columns and "completed" not in columns and "started" in columns:
        columns["accepted"] = columns["started"]
    rule = "column" if "firm" in columns else "none"
    prefix = "" if "number" in columns else "EX-"
    return Mapping(columns=columns, tag=fields.guess_tag(upload.headers), prefix=prefix, firm_rule=rule)


def rules_said(mapping: Mapping, headers: Sequence[str], sections: Sequence[Unit]) -> Iterator[str]:
    """The rules for what the file has no column for, as sentences."""
    if "number" not in mapping.columns:
        yield _("Jobs are numbered in the order of the file: %(first)s, %(second)s …") % {
            "first": numbered(mapping.prefix, 1), "second": numbered(mapping.prefix, 2),
        }  # fmt: skip
    if len(mapping.tag) > 1:
        parts = " + ".join(headers[index] for index in mapping.tag)
        yield _("The tag is composed of %(parts)s, joined by “-”; empty parts are left out, spaces become “_”.") % {
            "parts": parts
        }
    accepted, started = mapping.columns.get("accepted"), mapping.columns.get("started")
    if accepted is not None and accepted == started:
        yield _("The start date is the acceptance date.")
    if "state" not in mapping.columns:
        yield _("Every job stands at “%(state)s”.") % {"state": JobState(mapping.state).label}
    if "failure" in mapping.columns:
        yield _("NA, - and an empty cell are no failure code; such a job never counts as a repeat.")
    else:
        yield _("The file has no failure codes: no job of it counts as a repeat.")
    yield from _firm_said(mapping, headers)
    if "hours" not in mapping.columns:
        yield _("The file has no man-hours: figures by hours leave these jobs out.")
    if not any(part in mapping.columns for part in fields.PEOPLE):
        yield _("The file names no people: whoever had a part in these jobs is not kept from checking them.")
    yield from _repeats_said(sections)
    if mapping.make:
        yield _("Tags, failure codes and kinds of work that the register lacks are added to it.")


def _repeats_said(sections: Sequence[Unit]) -> Iterator[str]:
    """By the rule that is in force now for each of the sections."""
    found = repeats.windows(unit.pk for unit in sections)
    for days in sorted(set(found.values())):
        names = _(", ").join(unit.name for unit in sections if found[unit.pk] == days)
        yield _("%(sections)s: the same tag and failure within %(days)s days of acceptance is a repeat repair.") % {
            "sections": names, "days": days,
        }  # fmt: skip


def _firm_said(mapping: Mapping, headers: Sequence[str]) -> Iterator[str]:
    if mapping.firm_rule == "one":
        yield _("Every job is of %(firm)s.") % {"firm": mapping.firms[0]}
    elif mapping.firm_rule == "turn":
        pairs = _(", ").join(f"{value} → {code}" for value, code in sorted(mapping.firm_of.items())[:20])
        yield _("The contractor goes by “%(column)s”: %(pairs)s.") % {
            "column": headers[mapping.firm_by],
            "pairs": pairs,
        }
    elif mapping.firm_rule == "none":
        yield _("No contractor is named.")


def numbered(prefix: str, nth: int) -> str:
    return f"{prefix}{nth:05d}"

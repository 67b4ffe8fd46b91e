"""The monthly audit report 监督检查月报 of a workshop: lots with their samples, what was found in them, what became of
it, how far the inspectors agree, and each contractor. The same rows make the sheet of paper and the spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from maintenance_audit.findings.models import Finding, overdue
from maintenance_audit.inspections import figures
from maintenance_audit.inspections.agreement import Agreement
from maintenance_audit.inspections.figures import Told
from maintenance_audit.lots.models import Lot
from maintenance_audit.lots.models.draw import COUNTED
from maintenance_audit.measures import score, words
from maintenance_audit.measures.card import Card, cards
from maintenance_audit.measures.counting import SOURCE
from maintenance_audit.measures.scorecard import STRICT
from workflows.ledger.clock import now
from workflows.organisation.models import Unit, UnitKind
from workflows.reports.cockpit.look import Look
from workflows.reports.spreadsheet import Column, Sheet
from workflows.site.moments import exact

NUMBER = re.compile(r"[0-9][0-9,]*\.[0-9]+")
TYPST = Path(__file__).parent / "typst" / "report.typ"


@dataclass(frozen=True)
class Table:
    """`right`: the columns of numbers; `none`: what is said where there is no row."""

    title: str
    head: list[str]
    rows: list[list[Any]]
    right: tuple[int, ...] = ()
    none: str = ""


@dataclass(frozen=True)
class Report:
    look: Look
    tables: list[Table]
    notes: list[str]

    @property
    def title(self) -> str:
        said = {"unit": self.look.unit.name if self.look.unit else "", "month": month_words(self.look)}
        return _("%(unit)s: audit report of %(month)s") % said


def month_words(look: Look) -> str:
    return date_format(look.last, "YEAR_MONTH_FORMAT")


def of(look: Look) -> Report:
    """`look` is at a workshop and one month."""
    lots = list(
        Lot.objects.filter(workshop__path__startswith=look.path, month=look.last, frozen_at__isnull=False)
        .select_related("case", "contractor", "resubmits__case")
        .annotate(frame=Count("jobs", distinct=True))
        .order_by("contractor__name", "pk")
    )
    firms = list(Unit.objects.filter(pk__in=look.sums(SOURCE).parties(), kind=UnitKind.CONTRACTOR).order_by("name"))
    told = list(Lot.objects.filter(pk__in=[lot.pk for lot in lots]).told())
    found = agreed(told)
    tables = [_lots(lots), _results(cards(look, firms)), _findings(told), _rectification(told), _agreement(found),
              _contractors(cards(look, firms))]  # fmt: skip
    return Report(look, tables, _notes(found.agreement, [lot.case.number for lot in lots if lot not in told]))


def _lots(lots: Sequence[Lot]) -> Table:
    counted = Q(draws__tier=1, draws__jobs__why__in=COUNTED)
    checked = dict(
        Lot.objects.filter(pk__in=[lot.pk for lot in lots]).order_by().values_list("pk").annotate(
            n=Count("draws__jobs", filter=counted & ~Q(draws__jobs__result=""), distinct=True)
        )
    )  # fmt: skip
    rows = [
        [lot.case.number, lot.contractor.name, lot.frame, str(STRICT.get(lot.inspection, "—")), lot.aql or "—",  # type: ignore[attr-defined]
         lot.code or "—", lot.sample, lot.ac, checked.get(lot.pk, 0), lot.nonconforming, _decision(lot)]
        for lot in lots
    ]  # fmt: skip
    head = [_("Lot"), _("Contractor"), _("Lot size"), _("Inspection"), _("AQL"), _("Code letter"), _("Sample"), _("Ac"),
            _("Checked"), _("nonconforming"), _("Decision")]  # fmt: skip
    return Table(_("Lots and samples"), head, rows, (2, 6, 7, 8, 9), _("No lot of this month was frozen."))


def _decision(lot: Lot) -> str:
    said = _("not decided yet") if lot.accepted is None else words.decided(lot.accepted)
    return said + (_(" (resubmitted)") if lot.resubmits_id else "")


def _results(found: Sequence[Card]) -> Table:
    rows = [
        [card.firm.name, card.number("checked"), card.number("bad_jobs"), card.number("claims"),
         card.number("bad_claims"), card.rate, card.interval or "—", card.number("cannot")]
        for card in found if card.number("checked") or card.number("claims")
    ]  # fmt: skip
    head = [_("Contractor"), _("Drawn jobs"), _("nonconforming"), str(words.CLAIMS), _("nonconforming"), _("Rate"),
            _("95% interval"), _("Could not be verified")]  # fmt: skip
    return Table(_("Results"), head, rows, (1, 2, 3, 4, 5, 6, 7), _("No lot of this month is decided."))


def _of(lots: Sequence[Lot]) -> Any:
    return Finding.objects.filter(drawn_job__draw__lot__in=[lot.pk for lot in lots])


def _findings(lots: Sequence[Lot]) -> Table:
    found = _of(lots).select_related("case", "contractor", "job", "claim").order_by("contractor__name", "pk")
    late = set(_of(lots).filter(overdue(timezone.localdate(now()))).values_list("pk", flat=True))
    rows = [
        [one.case.number, one.contractor.name, one.job.number, one.claim.label if one.claim else "—",
         str(one.get_severity_display()), _standing(one, one.pk in late),
         one.rectify_by.isoformat() if one.rectify_by else "—"]
        for one in found
    ]  # fmt: skip
    head = [
        _("Finding"),
        _("Contractor"),
        _("Job"),
        str(words.CLAIM),
        _("Severity"),
        _("Standing"),
        _("To be put right by"),
    ]
    return Table(str(words.FINDINGS), head, rows, (), _("Nothing was found in these lots."))


def _standing(one: Finding, late: bool) -> str:
    if one.withdrawn_at is not None:
        return str(words.WITHDRAWN)
    if one.closed_at is not None:
        return str(words.CLOSED)
    return _("Overdue") if late else str(words.UNDER_WAY)


def _rectification(lots: Sequence[Lot]) -> Table:
    grouped = _of(lots).order_by("contractor__name").values_list("contractor__name")
    rows = grouped.annotate(
        n=Count("pk"),
        gone=Count("pk", filter=Q(withdrawn_at__isnull=False)),
        ordered=Count("pk", filter=Q(rectify_by__isnull=False)),
        done=Count("pk", filter=Q(closed_at__isnull=False, withdrawn_at=None)),
        late=Count("pk", filter=overdue(timezone.localdate(now()))),
    )
    head = [
        _("Contractor"),
        str(words.FINDINGS),
        str(words.WITHDRAWN),
        _("Ordered"),
        str(words.CLOSED),
        _("Overdue now"),
    ]
    return Table(_("Rectification"), head, [list(row) for row in rows], (1, 2, 3, 4, 5), _("Nothing to put right."))


def agreed(lots: Sequence[Lot]) -> Told:
    """Over the claims that both forms see, of these lots, as the page on agreement says it. One statement."""
    return figures.of("AND l.id = ANY(%(lots)s)", {"lots": [lot.pk for lot in lots]}).all


def _agreement(told: Told) -> Table:
    """The estimate is of confirmed faults in drawn jobs, extras apart."""
    found = told.agreement
    head = [
        _("Pairs"),
        _("Raw agreement"),
        _("Cohen's κ"),
        _("Gwet's AC1"),
        _("Found by either"),
        _("Estimated in all"),
    ]
    row = [found.pairs, _share(found.raw, 100, 2, "%"), _share(found.kappa, 1, 4), _share(found.ac1, 1, 4), found.found,
           _share(told.estimate, 1, 1) if found.pairs else "—"]  # fmt: skip
    none = _("No pair of records was compared.")
    return Table(_("Agreement of the two forms"), head, [row] if found.pairs else [], (0, 1, 2, 3, 4, 5), none)


def _share(value: Fraction | None, times: int, places: int, unit: str = "") -> str:
    """Half up, from exact."""
    if value is None:
        return "—"
    whole = (value * times * 10**places + Fraction(1, 2)) // 1
    sign, whole = ("−", -whole) if whole < 0 else ("", whole)
    return f"{sign}{whole // 10**places}.{whole % 10**places:0{places}d}{unit}"


def _contractors(found: Sequence[Card]) -> Table:
    rows = [
        [card.firm.name, score.shown(card.score) or _("no data"), card.number("jobs"), card.number("repeats"),
         f"{float(card.of('repeat_hours')):,.1f}", card.number("uncoded"), card.number("late_jobs"),
         card.number("planned"),
         _("too few to compare") if card.few else ""]
        for card in found
    ]  # fmt: skip
    head = [_("Contractor"), str(words.SCORE), _("Jobs accepted"), _("Repeat repairs"),
            _("Man-hours of repeat repairs"), _("Without a code"), _("Completed late"),
            _("With a planned end"), _("Note")]  # fmt: skip
    return Table(_("Contractors"), head, rows, (1, 2, 3, 4, 5, 6, 7), _("No contractor did anything in these months."))


def _notes(found: Agreement, running: Sequence[str]) -> list[str]:
    notes = [
        _(
            "Drawn jobs of the teams' tier, extras left out; of a claim counts what the highest tier said, and one "
            "whose finding was withdrawn conforms."
        ),
        _("Repeat repair: same tag and failure code, accepted within the days of the rules after the one before."),
        _("The estimate of all faults assumes independent inspectors."),
    ]
    if running:
        words = _("Still checked, so what was found is not told here before the last tier is sealed: %(lots)s.")
        notes.append(words % {"lots": " · ".join(running)})
    if found.too_few:
        notes.append(_("Fewer than 30 pairs, or κ is undefined: too few to say."))
    elif found.retraining:
        notes.append(_("κ and AC1 lie below 0.75: the inspectors are to be trained anew."))
    return notes


# On paper and as a spreadsheet. -------------------------------------------------------------


def sheet(report: Report) -> dict[str, Any]:
    """What the typst source finds as data."""
    return {
        "title": report.title,
        "sub": _("As it stood on %(at)s") % {"at": exact(now())},
        "tables": [
            {"title": t.title, "head": t.head, "none": t.none, "right": list(t.right),
             "rows": [["" if cell is None else f"{cell}" for cell in row] for row in t.rows]}
            for t in report.tables
        ],
        "notes": report.notes,
        "signatures": [_("Audit lead"), _("Workshop"), _("Union representative")],
        "date": _("Date"),
        "footer": report.title,
    }  # fmt: skip


def sheets(report: Report) -> list[Sheet]:
    made = [
        Sheet(t.title, [Column(words, 18) for words in t.head], [_plain(row) for row in t.rows]) for t in report.tables
    ]
    return [*made, Sheet(_("Notes"), [Column(report.title, 90)], [[note] for note in report.notes])]


def _plain(row: list[Any]) -> list[Any]:
    """A number that is worded for paper is a number in a spreadsheet."""
    return [float(cell.replace(",", "")) if isinstance(cell, str) and NUMBER.fullmatch(cell) else cell for cell in row]

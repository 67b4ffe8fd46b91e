"""One contractor's numbers of the months looked at, and the score that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maintenance_audit.measures import intervals, rules, score, words
from maintenance_audit.measures.behind import Behind
from maintenance_audit.measures.counting import SOURCE
from workflows.organisation.models import Unit
from workflows.reports.cockpit.counting import Sums
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import Cell, Shown, count_cell

PARTS = {
    "claims": gettext_lazy("Claims that conform"),
    "severity": gettext_lazy("Severity of findings"),
    "repeats": gettext_lazy("No repeat repairs"),
    "lateness": gettext_lazy("Jobs completed in time"),
}


@dataclass(frozen=True)
class Card:
    """One contractor. `sums` hold all contractors of the unit and months."""

    look: Look
    firm: Unit
    sums: Sums
    rules: rules.ScorecardRules
    own: bool = False  # looked at by the firm's own people

    def of(self, name: str, month: date | None = None) -> Fraction:
        return Fraction(self.sums.of(name, month, self.firm.pk))

    def number(self, name: str, month: date | None = None) -> int:
        return int(self.of(name, month))

    def link(self, what: str, month: date | None = None) -> str:
        words = {"what": what} | ({"of": f"{month:%Y-%m}"} if month else {})
        return f"{reverse('scorecard_rows', args=[self.firm.pk])}?{self.look.address(**words)}"

    def cell(self, what: str, month: date | None = None) -> Cell:
        """A count that leads to its rows."""
        return count_cell(self.number(what, month), self.link(what, month))

    @property
    def parts(self) -> list[score.Part]:
        r = self.rules
        grave = sum(getattr(r, f"{s}_points") * self.of(s) for s in ("minor", "major", "critical"))
        looked_at = self.of("checked") * r.points_a_job
        return [
            score.Part("claims", r.claims, self.of("bad_claims"), self.of("claims")),
            score.Part("severity", r.severity, Fraction(grave), looked_at),
            score.Part("repeats", r.repeats, self.of("repeats"), self.of("jobs")),
            score.Part("lateness", r.lateness, self.of("late_jobs"), self.of("planned")),
        ]

    @property
    def behind(self) -> Behind:
        look = self.look
        return Behind(look.person, look.path, look.first, look.end, self.firm.pk, own=self.own)

    @property
    def score(self) -> Fraction | None:
        return score.score(self.parts)

    @property
    def few(self) -> bool:
        """Too few claims were checked to set it beside others."""
        return self.number("claims") < self.rules.fewest_claims

    @property
    def rate(self) -> str:
        return rate_words(self.number("bad_claims"), self.number("claims"))

    @property
    def interval(self) -> str:
        return intervals.words(self.number("bad_claims"), self.number("claims"))


def cards(look: Look, firms: Sequence[Unit], *, own: bool = False) -> list[Card]:
    """One statement for the rules besides those of the sums."""
    found, _version = rules.in_force(look.path)
    sums = look.sums(SOURCE)
    return [Card(look, firm, sums, found, own) for firm in firms]


def rate_words(bad: int, of: int) -> str:
    return f"{intervals.percent(bad / of)}%" if of else _("no data")


def explained(card: Card) -> Shown:
    """What the score is made of."""
    rows = []
    for part in card.parts:
        given = score.points(part, card.parts)
        rows.append([
            Cell(str(PARTS[part.name])), Cell(_number(part.bad), float(part.bad)),
            Cell(_number(part.looked_at), float(part.looked_at)),
            Cell(_("no data") if part.share is None else f"{intervals.percent(float(part.share))}%"),
            Cell(str(part.weight), part.weight),
            Cell(score.shown(given) or "—", None if given is None else float(given)),
        ])  # fmt: skip
    rows.append([Cell(str(words.SCORE)), *[Cell("")] * 3, Cell("100", 100), Cell(score.shown(card.score) or "—")])
    return Shown(
        head=[_("Part"), _("Went wrong"), _("Looked at"), _("Share"), _("Weight"), _("Points")],
        rows=rows,
        notes=[
            _(
                "A part gives its weight times the share of what went right; where nothing was looked at it is left "
                "out and the others make up the hundred. Findings count %(minor)s, %(major)s and %(critical)s points "
                "by severity, of %(most)s for each job checked."
            )
            % {"minor": card.rules.minor_points, "major": card.rules.major_points,
               "critical": card.rules.critical_points, "most": card.rules.points_a_job}
        ],
    )  # fmt: skip


def _number(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.1f}"

"""The monthly checks of one contractor, beside its score: what was scored, what that means, and how much is left."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from maintenance_audit.assessments.models import Assessment
from maintenance_audit.measures import words
from maintenance_audit.measures.card import Card
from maintenance_audit.measures.lists import address
from workflows.reports.cockpit.drawing import Months
from workflows.reports.cockpit.panels import Cell, Shown, month_cell


def of(card: Card) -> Shown:
    """Published ones of these months, the newest first. One statement."""
    look = card.look
    found = Assessment.objects.told_to(look.person).published().filter(unit=card.firm)
    stands = Q(shortfalls__finding__closed_at=None, shortfalls__finding__withdrawn_at=None)
    left = Count("shortfalls", filter=Q(shortfalls__verified_at=None) & stands, distinct=True)
    rows = list(
        found.filter(month__gte=look.first, month__lt=look.end)
        .annotate(found=Count("shortfalls", distinct=True), left=left)
        .select_related("case")
        .order_by("-month", "pk")
    )
    head = [_("Month"), _("Check"), words.SCORE, _("Of points"), _("Grade"), _("What it means"), _("Problems found"),
            _("Problems left")]  # fmt: skip
    if not rows:
        return Shown(empty=_("No monthly check of theirs was published in these months."), head=head)
    said = {"n": len(rows), "last": f"{rows[0].score} / {rows[0].full}"}
    chart = Months(look.months, 100, _("%(n)s checks published; the last one scored %(last)s.") % said, "%")
    for row in rows:
        chart.dot(look.months.index(row.month), 100 * row.score / row.full, "f1", 4)
    return Shown(picture=chart.picture, head=head, rows=[_row(row) for row in rows])


def _row(row: Assessment) -> list[Cell]:
    assert row.score is not None and row.full is not None
    return [
        month_cell(row.month), Cell(row.case.number, None, address("case", row.case.number)),
        Cell(str(row.score), row.score), Cell(str(row.full), row.full), Cell(row.grade), Cell(row.effect or "—"),
        Cell(str(row.found), row.found), Cell(str(row.left), row.left),  # type: ignore[attr-defined]
    ]  # fmt: skip

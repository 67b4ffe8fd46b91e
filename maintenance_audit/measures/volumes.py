"""The cockpit's panel of outsourced volume: raw and like for like, against the same months before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maintenance_audit.jobs import volume, volume_query
from maintenance_audit.jobs.models import Job, JobMapping
from maintenance_audit.measures import lists
from maintenance_audit.measures.behind import WORKED, Behind
from workflows.organisation.models import UnitKind
from workflows.reports.cockpit.counting import following
from workflows.reports.cockpit.drawing import Line, Months
from workflows.reports.cockpit.look import Look
from workflows.reports.cockpit.panels import Cell, Figure, Listed, Panel, Shown, link, month_cell

NAME = "volume"
THEN = "then"  # the whole base period


def of(look: Look) -> Shown:
    """Two statements: both periods at once, and the map of what was merged or split."""
    found = compared(look)
    whole = found.total
    if not whole.now.orders and not whole.base.orders:
        return Shown(empty=_("No job was accepted in these months or in those before."))
    raw = [_index(m.now.hours, m.base.hours) for m in found.months]
    alike = [_index(m.now_alike.hours, m.base_alike.hours) for m in found.months]
    said = {"raw": _change(whole.now.hours, whole.base.hours),
            "alike": _change(whole.now_alike.hours, whole.base_alike.hours)}  # fmt: skip
    most = max([v for v in (*raw, *alike) if v is not None], default=100)
    chart = Months(look.months, max(most, 120), _("Man-hours raw %(raw)s, like for like %(alike)s.") % said)
    chart.line(Line(raw, "l4", "f4", dashed=True))
    chart.line(Line(alike, "l1", "f1"))
    return Shown(
        figures=[
            Figure(_("Orders, raw"), _change(whole.now.orders, whole.base.orders),
                   _of(whole.now.orders, whole.base.orders), _behind(look, "jobs", whole.now.orders)),
            Figure(_("Man-hours, raw"), said["raw"], _of(whole.now.hours, whole.base.hours),
                   _behind(look, "hours", whole.now.hours)),
            Figure(_("Man-hours, like for like"), said["alike"], _of(whole.now_alike.hours, whole.base_alike.hours),
                   _behind(look, "alike", whole.now_alike.hours)),
        ],
        picture=chart.picture,
        keys=[("k4", _("Raw")), ("k1", _("Like for like"))],
        head=[_("Month"), _("Orders"), _("Base month"), _("Orders then"), _("Man-hours"), _("Man-hours then"),
              _("Raw"), _("Like for like"), _("then"), _("Like for like")],
        rows=[*(_row(look, month) for month in found.months[::-1]), _whole(look, whole)],
        notes=[_("The same months before are 100. New ones and gone ones are left out of like for like.")],
        more=_more(),
    )  # fmt: skip


def compared(look: Look) -> volume.Compared:
    by = JobMapping.By.TAG
    base = base_of(look)
    # Whoever looks oversees the whole unit, so that all of its jobs are theirs to see.
    jobs = Job.objects.filter(section__path__startswith=look.path, contractor__isnull=False)
    cells = volume_query.cells(jobs, base, 2 * look.length, by)
    now = [cell for cell in cells if cell.month >= look.first]
    before = [cell for cell in cells if cell.month < look.first]
    months = list(zip(look.months, volume.months_from(base, look.length), strict=True))
    return volume.compare(now, before, volume_query.became(_maps(look, by)), months)


def _maps(look: Look, by: str) -> QuerySet[JobMapping]:
    """Of the workshops that the unit has, or is in."""
    paths = ((place.pk, place.path) for place in look.places.all.values() if place.kind == UnitKind.WORKSHOP)
    found = [pk for pk, path in paths if path.startswith(look.path) or look.path.startswith(path)]
    return JobMapping.objects.standing().filter(by=by, workshop__in=found)


def base_of(look: Look) -> date:
    """As many months, right before those looked at: of twelve or thirty-six the same months of the year."""
    index = look.first.year * 12 + look.first.month - 1 - look.length
    return date(index // 12, index % 12 + 1, 1)


def rows(look: Look, given: Mapping[str, str]) -> Listed | None:
    """The accepted jobs of a month of either period, or of a whole one: all, those with man-hours, or like for like."""
    what, base = given.get("what", ""), base_of(look)
    spans = {"": (look.first, look.end), THEN: (base, look.first)}
    spans |= {f"{m:%Y-%m}": (m, following(m)) for m in (*look.months, *volume.months_from(base, look.length))}
    span = spans.get(given.get("of", ""))
    if span is None or what not in ("jobs", "hours", "alike"):
        return None
    behind = Behind(look.person, look.path, *span)
    if what != "alike":
        return lists.of(what, behind)
    found = compared(look)
    now = span[0] >= look.first
    tags = found.alike if now else found.alike_then
    note = "" if now else _("Man-hours of a tag that was merged or split count by the share that the map gives.")
    jobs = behind.jobs().filter(WORKED, equipment__tag__in=tags)
    return Listed(_("Man-hours, like for like"), jobs, lists.job_head(), lists.job_cells, span, note)


def _row(look: Look, month: volume.Month) -> list[Cell]:
    return [month_cell(month.month), *_numbers(look, month, f"{month.month:%Y-%m}", f"{month.base_month:%Y-%m}")]


def _whole(look: Look, month: volume.Month) -> list[Cell]:
    return [Cell(_("All months")), *_numbers(look, month, "", THEN)]


def _numbers(look: Look, month: volume.Month, of: str, then: str) -> list[Cell]:
    now, base = month.now, month.base
    alike, alike_then = month.now_alike.hours, month.base_alike.hours
    return [
        _number(now.orders, _behind(look, "jobs", now.orders, of)),
        Cell("") if then == THEN else month_cell(month.base_month),
        _number(base.orders, _behind(look, "jobs", base.orders, then)),
        _number(now.hours, _behind(look, "hours", now.hours, of)),
        _number(base.hours, _behind(look, "hours", base.hours, then)),
        Cell(_change(now.hours, base.hours)),
        _number(alike, _behind(look, "alike", alike, of)),
        _number(alike_then, _behind(look, "alike", alike_then, then)),
        Cell(_change(alike, alike_then)),
    ]


def _behind(look: Look, what: str, value: Fraction, of: str = "") -> str:
    """Nought leads nowhere."""
    return link(look, NAME, what=what, of=of) if value else ""


def _number(value: Fraction, url: str = "") -> Cell:
    return Cell(f"{float(value):,.1f}".removesuffix(".0"), float(value), url)


def _index(now: Fraction, base: Fraction) -> float | None:
    return round(float(100 * now / base), 1) if base else None


def _change(now: Fraction, base: Fraction) -> str:
    share = volume.change(now, base)
    if share is None:
        return _("no data")
    return f"{float(100 * share):+.1f}%".replace("-", "−")


def _of(now: Fraction, base: Fraction) -> str:
    return _("%(now)s against %(base)s") % {"now": f"{float(now):,.0f}", "base": f"{float(base):,.0f}"}


def _more() -> tuple[str, Any] | None:
    try:
        return reverse("job_volume"), _("Other base periods, kinds of work, and the map")
    except NoReverseMatch:
        return None


VOLUME = Panel(
    NAME, gettext_lazy("Outsourced volume"),
    gettext_lazy("Accepted jobs against the same months before: raw as counted, and like for like, where merged and "
                 "split tags are mapped and only what both periods have is compared."),
    of, rows, 50,
)  # fmt: skip

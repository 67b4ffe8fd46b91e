"""The pictures of what has come of the awards."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from innovation.awards.seen.figures import Place, Year
from workflows.reports.process.pictures import WIDTH, Bar, Picture, Rect, Text, bars
from workflows.site.templatetags.assay import money

LINE, BAR = 62, 11


def of_years(years: Sequence[Year]) -> Picture | None:
    """Awards, oldest first."""
    found = [Bar(str(year.year), str(year.awards), year.awards) for year in reversed(years)]
    total = {"awards": sum(year.awards for year in years), "years": len(years)}
    return bars(found, _("%(awards)s awards in %(years)s years.") % total, "f1")


def of_problems(years: Sequence[Year]) -> Picture | None:
    found = [Bar(str(year.year), str(year.problems), year.problems) for year in reversed(years)]
    return bars(found, _("Problems that awards solved, by year."), "f3")


def of_units(places: Sequence[Place]) -> Picture | None:
    found = [Bar(place.unit.name, str(place.awards), place.awards) for place in places if place.awards]
    if not found:
        return None
    most = {"unit": places[0].unit.name, "n": places[0].awards}
    return bars(found, _("Most awards came from %(unit)s: %(n)s.") % most, "f2")


def of_participation(places: Sequence[Place]) -> Picture | None:
    shown = [place for place in places if place.share is not None]
    found = [Bar(p.unit.name, f"{p.authors} / {p.people} · {p.share}%", float(p.share or 0)) for p in shown]
    return bars(found, _("Share of the people of each unit who had a part in an award."), "f4")


def of_benefit(years: Sequence[Year]) -> Picture | None:
    """Two bars a year on one scale: the forecast of those that are verified, and what was verified of them."""
    shown = [year for year in reversed(years) if year.verified_count]
    most = max((float(max(year.forecast_of_verified, year.verified)) for year in shown), default=0)
    if not most:
        return None
    last = shown[-1]
    said = {"year": last.year, "forecast": money(last.forecast_of_verified), "verified": money(last.verified)}
    finding = _("In %(year)s %(forecast)s were forecast and %(verified)s verified of the same awards.") % said
    picture = Picture(WIDTH, LINE * len(shown), finding)
    for n, year in enumerate(shown):
        top = n * LINE
        picture.texts.append(Text(0, top + 13, "t-strong", str(year.year)))
        for place, (value, css) in enumerate(((year.forecast_of_verified, "f4"), (year.verified, "f2"))):
            y = top + 20 + place * (BAR + 3)
            width = round(max(0.0, float(value)) / most * WIDTH, 1)
            picture.rects += [Rect(0, y, WIDTH, BAR, "f-soft"), Rect(0, y, width, BAR, css)]
        words = f"{money(year.forecast_of_verified)} → {money(year.verified)}"
        picture.texts.append(Text(WIDTH, top + 13, "t-end", words))
    return picture

"""The queue: what waits for me, what I may claim, what I have done."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from workflows.engine import kinds, queue
from workflows.engine.errors import NoSuchThing
from workflows.engine.models import Case, Decision, WorkItem
from workflows.engine.views import listing, opinions, rows
from workflows.engine.views.listing import PAGE, Listing
from workflows.organisation.absences import in_force_of, stands_in_for
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, Unit
from workflows.organisation.roles import held_by


@signed_in
@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    look = Listing(request.user, request.GET)  # type: ignore[arg-type]
    context = {"handled": _handled, "copies": _copies}.get(look.tab, _waiting)(look)
    fragment = bool(request.htmx and look.after)  # type: ignore[attr-defined]
    template = "engine/_queue_rows.html" if fragment else "engine/queue.html"
    return render(request, template, {"look": look, **context})


def _waiting(look: Listing) -> dict[str, Any]:
    items, more = look.page()
    start, by_urgency = look.start(), look.sort == "urgent"
    before = rows.group_of(start[0]) if start and by_urgency else ""
    tally = look.tally() if start is None else None
    counts = {"late": tally.late, "today": tally.today, "later": tally.later} if tally else {}
    shown = rows.grouped(rows.rows_of(items, grouped=by_urgency), counts, before)
    return {
        "groups": shown,
        "pickable": any(row.picks for group in shown for row in group.rows),
        "tally": tally,
        "more": look.address(after=more) if more else "",
        "mixed": not by_urgency,
        "begun": start is not None,
        **_behalves(look),
    }


def _behalves(look: Listing) -> dict[str, Any]:
    """The work of absent colleagues, on the first page in its own section and whole in its own tab. Three statements,
    only for a substitute."""
    absent = stands_in_for(look.person)
    if not absent:
        return {}
    items, more = look.standing_in()
    behalves = rows.for_absent(items, in_force_of(absent))
    found = {"behalves": behalves, "more_behalf": more}
    return found | ({"pickable": True} if any(row.picks for one in behalves for row in one.rows) else {})


def _handled(look: Listing) -> dict[str, Any]:
    found = listing.behind(queue.handled_by(look.person), look.start())
    text = look.given.get("q", "").strip()[:100]
    if text:
        found = queue.matching(found, text)
    decisions = list(found[: PAGE + 1])
    shown = decisions[:PAGE]
    lines = rows.lines_of(decision.case for decision in shown)
    more = look.address(after=listing.key(shown[-1].decided_at, shown[-1].pk)) if len(decisions) > PAGE else ""
    return {
        "handled": [_handled_row(d, lines.get(d.case_id)) for d in shown],
        "more": more,
        "begun": bool(look.after),
    }


def _copies(look: Listing) -> dict[str, Any]:
    found = listing.behind(queue.copies_for(look.person), look.start(), by="sent_at")
    text = look.given.get("q", "").strip()[:100]
    if text:
        found = queue.matching(found, text)
    copies = list(found[: PAGE + 1])
    shown = copies[:PAGE]
    lines = rows.lines_of(copy.case for copy in shown)
    more = look.address(after=listing.key(shown[-1].sent_at, shown[-1].pk)) if len(copies) > PAGE else ""
    return {
        "copies": [{"copy": c, "line": lines.get(c.case_id), "chip": rows.standing_of(c.case)} for c in shown],
        "more": more,
        "begun": bool(look.after),
    }


def _handled_row(decision: Decision, line: kinds.Line | None) -> dict[str, Any]:
    return {"decision": decision, "line": line, "said": opinions.words(decision), "state": opinions.state(decision)}


@signed_in
@require_safe
def next_task(request: HttpRequest, item: int) -> HttpResponse:
    """This one is done, or skipped for now: to the task behind it in order of urgency; after the last to those skipped,
    then to the empty queue."""
    person: Person = request.user  # type: ignore[assignment]
    decided = Q(pk__in=Decision.objects.filter(actor=person, item=item).values("item"))
    own = WorkItem.objects.filter(decided | Q(person=person), pk=item)
    behind = own.first() or queue.waiting_for(person).filter(pk=item).first()
    if behind is None and not WorkItem.objects.filter(pk=item, case__in=Case.objects.visible_to(person)).exists():
        raise NoSuchThing
    following = queue.next_for(person, behind)
    if following is None:
        return redirect("queue")
    return redirect("decide", following.case.number, following.pk)


@signed_in
@require_safe
def queue_filters(request: HttpRequest) -> HttpResponse:
    """The conditions as a sheet; without script a page of its own. Sends them to the queue by its address."""
    look = Listing(request.user, request.GET)  # type: ignore[arg-type]
    context = {"look": look, "units": _units(request.user)}  # type: ignore[arg-type]
    return render(request, "engine/queue_filters.html", context)


def _units(person: Person) -> list[Unit]:
    """Places that somebody's tasks come from: own unit, the units of the roles held, and all below."""
    paths = {person.unit.path, *(held.path for held in held_by(person))}
    return list(Unit.objects.under(*paths).active().order_by("path")[:200])

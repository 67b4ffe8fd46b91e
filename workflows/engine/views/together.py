"""Several picked tasks and one verb: what will happen to each, then what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workflows.engine import batch, kinds, queue
from workflows.engine.batch import Outcome
from workflows.engine.errors import BadMove
from workflows.engine.kinds import Line
from workflows.engine.models import Case, WorkItem
from workflows.engine.views import acts, rows
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person


@dataclass(frozen=True)
class Picked:
    """One picked task before the press: what the verb will do to it, or why it is left out."""

    item: WorkItem
    line: Line
    effect: str
    why: str

    @property
    def case(self) -> Case:
        return self.item.case


@dataclass(frozen=True)
class Told:
    """One task afterwards. `item` is None for what the reader may not know of."""

    outcome: Outcome
    item: WorkItem | None

    @property
    def standing(self) -> dict[str, str]:
        """Where its case is now."""
        assert self.item is not None
        return rows.standing_of(self.item.case)

    @property
    def url(self) -> str:
        """Where one sees to it alone: its page, which leads on to the case's if it is no task any more."""
        return reverse("decide", args=[self.item.case.number, self.item.pk]) if self.item else ""


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def batch_page(request: HttpRequest) -> HttpResponse:
    verb, asked = _asked(request.POST if request.method == "POST" else request.GET)
    if not asked:
        messages.info(request, _("Pick at least one task first."))
        return acts.to(reverse("queue"))
    if len(asked) > batch.MOST:
        raise BadMove(_("At most %(n)s at a time.") % {"n": batch.MOST})
    return _do(request, verb, asked) if request.method == "POST" else _ask(request, verb, asked)


def _asked(sent: QueryDict) -> tuple[str, list[int]]:
    """The verb and the tasks, in the order given and each once; nonsense is left out."""
    verb = sent.get("verb", "")
    if verb not in batch.VERBS:
        raise BadMove(_("Pick what to do."))
    numbers = (text for text in sent.getlist("item") if text.isascii() and text.isdigit() and len(text) < 19)
    return verb, list(dict.fromkeys(int(text) for text in numbers))


def _ask(request: HttpRequest, verb: str, asked: list[int]) -> HttpResponse:
    picked = _picked(request.user, verb, asked)  # type: ignore[arg-type]
    context = {
        "verb": verb,
        "ready": [p for p in picked if not p.why],
        "left": [p for p in picked if p.why],
        "token": uuid4(),
    }
    return render(request, "engine/batch.html", context)


def _picked(person: Person, verb: str, asked: list[int]) -> list[Picked]:
    items = _known(person, asked)
    lines = rows.lines_of(item.case for item in items.values())
    return [_pick(item, lines.get(item.case_id, Line()), verb) for item in items.values()]


def _known(person: Person, asked: list[int]) -> dict[int, WorkItem]:
    """Those that the person may know of, as they were asked for."""
    visible = Case.objects.visible_to(person).values("pk")
    found = queue.with_cases(WorkItem.objects.filter(pk__in=asked, case__in=visible)).in_bulk()
    return {pk: found[pk] for pk in asked if pk in found}


def _pick(item: WorkItem, line: Line, verb: str) -> Picked:
    why = batch.hindrance(item, verb, unopened=batch.unopened(item)) if verb == "approve" else ""
    why = why or ("" if item.state == WorkItem.State.OPEN else _("It is no longer open."))
    return Picked(item, line, "" if why else _effect(item, verb), why)


def _effect(item: WorkItem, verb: str) -> str:
    """What the button would say on its own page."""
    if verb != "approve":
        return ""
    if item.step.mode == "vote":
        return _("In favour")
    return str(kinds.kind_of(item.case).consequence(item.case, item.step)) if item.step.mode != "all" else _("Approve")


def _do(request: HttpRequest, verb: str, asked: list[int]) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    token, reason = acts.token_of(request), request.POST.get("reason", "")[:2000]
    ran = batch.run(actor=person, verb=verb, tokens=batch.tokens(token, verb, asked), reason=reason)
    if "X-Step" in request.headers:
        # One of many, sent by the script that shows how far it is; the whole form follows and tells of all.
        for _outcome in ran:
            pass
        return HttpResponse(status=204)
    told = _told(person, list(ran))
    context: dict[str, Any] = {
        "verb": verb,
        "said": {"approve": _("approved"), "claim": _("Claimed"), "release": _("released")}[verb],
        "done": [t for t in told if t.outcome.done],
        "left": [t for t in told if not t.outcome.done],
        "again": [t.outcome.item_id for t in told if t.outcome.again],
        "token": token,
        "reason": reason,
        "following": queue.next_for(person),
    }
    return render(request, "engine/batch_done.html", context)


def _told(person: Person, outcomes: list[Outcome]) -> list[Told]:
    items = _known(person, [o.item_id for o in outcomes])
    return [Told(o, items.get(o.item_id)) for o in outcomes]

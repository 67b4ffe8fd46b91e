"""The case page: where it is, who has it, until when, and how it came there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as say_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from workflows.engine import history, independence, kinds, outside, waiving
from workflows.engine import picture as pictures
from workflows.engine.errors import BadMove
from workflows.engine.history import History, Visit
from workflows.engine.models import Case, CaseParty, Waiver, WorkItem
from workflows.engine.models.step import Mode
from workflows.engine.views import acts, answers, opinions, outlook, standing
from workflows.engine.views.decide import titles_of
from workflows.engine.withdrawal import withdraw as take_back_the_case
from workflows.ledger.models import Checkpoint
from workflows.organisation.absences import stands_in_for
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person, Role, RoleHolding
from workflows.organisation.roles import held_by

__all__ = ["case", "find", "open_item", "withdraw"]


def find(person: Person, number: str) -> Case:
    found = (
        Case.objects.visible_to(person)
        .select_related("unit", "author__unit", "rules", "process")
        .annotate(is_party=Exists(CaseParty.objects.filter(case=OuterRef("pk"), person=person)))
        .annotate(has_waivers=Exists(Waiver.objects.filter(case=OuterRef("pk"))))
        .annotate(checkpoint=Subquery(Checkpoint.objects.order_by("-number").values("number")[:1]))
        .filter(number=number)
        .first()
    )
    if found is None:
        raise Http404(number)
    return found


@signed_in
@never_cache
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    found = find(person, number)
    kind, whole = kinds.kind_of(found), history.of(found)
    told = outside.told_to(person, whole)
    drawn = pictures.of(told)
    context = {
        **kind.content(found, person),
        "case": found,
        "kind": kind,
        "history": told,
        "present": told.present,
        "picture": drawn,
        "said": PictureWords(drawn),
        "entries": opinions.entries(told, told.decisions, titles_of(told)),
        "chip": _chip(found, told),
        "still": _still_out(told.present),
        "open_item": open_item(person, told),
        "may_withdraw": found.author_id == person.pk and found.state != Case.State.CLOSED and kind.may_withdraw(found),
        "standing": standing.of(whole, person, party=found.is_party),  # type: ignore[attr-defined]
        "observing": _only_watches(person, found),
        "waivers": waivers_of(found),
        "may_waive": waiving.may_ask(person, found),
        "token": uuid4(),
        "subject": f"case:{found.pk}",
        "content_template": kind.content_template,
        "facts_template": kind.facts_template,
    }
    return render(request, "engine/case.html", context)


def waivers_of(case: Case) -> list[Waiver]:
    """Asked only where there are some."""
    if not case.has_waivers:  # type: ignore[attr-defined]
        return []
    return list(Waiver.objects.filter(case=case).select_related("person", "asked_by", "answered_by"))


def _only_watches(person: Person, case: Case) -> bool:
    """An observer of the case's unit, who has no other part in it."""
    watches = any(h.role == Role.OBSERVER and case.unit.path.startswith(h.path) for h in held_by(person))
    return watches and not case.is_party  # type: ignore[attr-defined]


def _chip(case: Case, told: History) -> dict[str, str]:
    words, state = kinds.kind_of(case).standings.get(case.standing, (case.get_state_display(), "waiting"))
    if case.state == Case.State.HELD:
        return {"state": "held", "words": _("On hold")}
    if told.present is None or case.standing:
        return {"state": state, "words": str(words)}
    if told.present.step.returned_by_id:
        return {"state": "returned", "words": told.present.title}
    return {"state": "waiting", "words": outlook.waiting_words(told.present, mine=False)}


def _still_out(visit: Visit | None) -> str:
    """What is missing before the step can end."""
    if visit is None:
        return ""
    left = visit.unsigned
    if visit.step.mode == Mode.VOTE:
        return ngettext("%(n)s vote is still out", "%(n)s votes are still out", left) % {"n": left}
    if visit.step.mode == Mode.ALL:
        return ngettext("%(n)s signer is still out", "%(n)s signers are still out", left) % {"n": left}
    return visit.title


def open_item(person: Person, told: History) -> WorkItem | None:
    """The viewer's own open part of the present step, or the pool's that they may claim."""
    visit = told.present
    waiting = [i for i in visit.items if i.state == WorkItem.State.OPEN] if visit else []
    if told.case.state == Case.State.HELD:
        return None
    seats = [person.pk, *stands_in_for(person)]
    own = next((i for seat in seats for i in waiting if i.person_id == seat), None)
    if own is not None or not waiting:
        return own
    roles = {(h.role, h.unit_id) for h in held_by(person)}
    if len(seats) > 1:
        roles |= set(RoleHolding.objects.in_force().filter(person__in=seats).values_list("role", "unit_id"))
    free = next((i for i in waiting if i.person_id is None and (i.role, i.unit_id) in roles), None)
    if free is None or visit is None:
        return None
    node = kinds.kind_of(told.case).flow.instance.node(visit.step.node)
    return None if independence.why_not(told.case, person, fresh=node.is_fresh(told.case)) else free


@dataclass(frozen=True)
class PictureWords:
    """The words in and about the picture, which are text of an SVG and so hold no markup."""

    picture: pictures.Picture

    @property
    def title(self) -> str:
        """One sentence for those who do not see it."""
        names = _(", ").join(s.label for s in self.picture.stations)
        parts = [_("Stations: %(names)s.") % {"names": names}]
        if returns := self.picture.returns:
            parts.append(ngettext("Returned %(n)s time.", "Returned %(n)s times.", returns) % {"n": returns})
        at = self.picture.now
        if at is None:
            parts.append(_("The case is closed."))
        elif at.count:
            parts.append(_("Now at %(station)s, %(count)s have signed.") % {"station": at.label, "count": at.count})
        else:
            parts.append(_("Now at %(station)s.") % {"station": at.label})
        return " ".join(parts)

    @property
    def stations(self) -> list[dict[str, Any]]:
        return [
            {"at": s, "who": self._who(s), "time": self._time(s), "short": self._short(s)}
            for s in self.picture.stations
        ]

    @property
    def arcs(self) -> list[dict[str, Any]]:
        return [{"arc": a, "words": self._return(a)} for a in self.picture.arcs]

    def _return(self, arc: pictures.Arc) -> str:
        if arc.times > 1:
            return ngettext("returned %(n)s time", "returned %(n)s times", arc.times) % {"n": arc.times}
        who = arc.decision.actor.name if arc.decision.actor else ""
        return _("%(who)s returned, %(day)s") % {"who": who, "day": day(arc.decision.decided_at)}

    def _who(self, station: pictures.Station) -> str:
        if not station.visits:
            first = station is self.picture.stations[0]
            return self.picture.history.case.author.name if first else ""
        visit = station.visits[-1]
        if station.state == "now":
            left = visit.unsigned
            if station.count:
                return ngettext("waits for %(n)s person", "waits for %(n)s people", left) % {"n": left}
            return names_short([p.name for p in visit.holders])
        return " ".join(part for part in (names_short(station.names), station.count) if part)

    def _time(self, station: pictures.Station) -> str:
        case = self.picture.history.case
        if station is self.picture.stations[0] and not station.visits:
            return f"{day(case.filed_at)} {timezone.localtime(case.filed_at):%H:%M}"
        visit = station.last
        if station.state == "now" and case.state == Case.State.HELD:
            return _("Clock stopped")
        if station.state == "now" and visit and visit.step.due_at:
            due = visit.step.due_at
            return _("due %(day)s %(time)s") % {"day": day(due), "time": f"{timezone.localtime(due):%H:%M}"}
        return self._short(station)

    def _short(self, station: pictures.Station) -> str:
        if station.state == "next" or not station.visits:
            return ""
        if station.used == 0:
            return _("under 1 h")
        return pgettext("under a station, working hours", "%(n)s h") % {"n": station.used}


def names_short(names: list[str]) -> str:
    if len(names) > 3:
        return _("%(name)s and %(n)s more") % {"name": names[0], "n": len(names) - 1}
    return " ".join(names)


def day(moment: Any) -> str:
    """11月5日 · 5 Nov, with the year when it is not this one."""
    local = timezone.localtime(moment)
    same = local.year == timezone.localtime().year
    # Translators: Django's date format letters.
    pattern = pgettext("date format", "j M") if same else pgettext("date format", "j M Y")
    return say_date(local, pattern)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The author takes the whole case back: a sheet that asks why; without script a page."""
    person: Person = request.user  # type: ignore[assignment]
    found = find(person, number)
    if request.method != "POST":
        return _withdraw_form(request, found)
    token = acts.token_of(request)
    try:
        with answers.plainly(person, token, number):
            take_back_the_case(
                actor=person,
                case_id=found.pk,
                reason=request.POST.get("reason", ""),
                token=token,
            )
    except BadMove as refused:
        return _withdraw_form(request, found, refused)
    except answers.Busy:
        return answers.busy(request)
    return acts.to(reverse("case", args=[number]))


def _withdraw_form(request: HttpRequest, found: Case, refused: BadMove | None = None) -> HttpResponse:
    context = {
        "case": found,
        "refused": refused,
        "typed": request.POST.get("reason", ""),
        "token": request.POST.get("token") or uuid4(),
    }
    return render(request, "engine/withdraw.html", context, status=422 if refused else 200)

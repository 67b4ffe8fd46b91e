"""The page of a finding: what it holds first, then the order, the ladder, the history, every version."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maintenance_audit.findings import extending, page, replying
from workflows.engine import history, kinds
from workflows.engine import picture as pictures
from workflows.engine.models import Case
from workflows.engine.views import opinions
from workflows.engine.views.case import open_item
from workflows.engine.views.decide import titles_of
from workflows.engine.views.rows import standing_of
from workflows.organisation.access import signed_in
from workflows.organisation.models import Person


def find(person: Person, number: str) -> Case:
    """Whoever may read the case; for everybody else it does not exist."""
    cases = Case.objects.visible_to(person).select_related("unit", "author__unit", "rules", "process")
    return get_object_or_404(cases, number=number, kind="finding")


@signed_in
@never_cache
@require_safe
def finding(request: HttpRequest, number: str) -> HttpResponse:
    person: Person = request.user  # type: ignore[assignment]
    case = find(person, number)
    told, row = history.of(case), page.of(case)
    node = told.present.step.node if told.present else ""
    context = {
        **page.content(row, person),
        "case": case,
        "kind": kinds.kind_of(case),
        "present": told.present,
        "picture": pictures.of(told),
        "entries": page.told(opinions.entries(told, told.decisions, titles_of(told)), row, person),
        "chip": standing_of(case, back=False),
        "open_item": open_item(person, told),
        "may_reply_late": replying.may_reply_late(row, person, node),
        "may_ask_extension": extending.may_ask(row, person, node),
        "may_answer_extension": extending.may_answer(row, person, node),
        "subject": f"case:{case.pk}",
        "token": uuid4(),
    }
    return render(request, "findings/finding.html", context)

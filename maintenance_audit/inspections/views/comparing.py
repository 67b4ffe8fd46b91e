"""Both forms side by side; and ruling what they differ in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maintenance_audit.inspections import figures, page, ruling
from maintenance_audit.inspections.comparing import differing, records_of
from maintenance_audit.inspections.models import Adjudication, Inspection, Nature
from maintenance_audit.inspections.ruling_form import RulingForm
from maintenance_audit.inspections.views.asked import person_of
from maintenance_audit.lots.models import DrawnJob, Lot
from maintenance_audit.register.models import Severity
from workflows.engine.errors import BadMove, Overtaken
from workflows.engine.models import Step, WorkItem
from workflows.engine.turn import turn
from workflows.engine.views import acts
from workflows.engine.views.answers import Busy, busy, plainly
from workflows.organisation.models import Person
from workflows.site.errors import problem

DRAWN = ("draw__lot__case", "draw__lot__contractor", "draw__lot__workshop", "lot_job__job__equipment")


@never_cache
@require_safe
def comparison(request: HttpRequest, drawn_job: int) -> HttpResponse:
    """For whoever may read both records."""
    found = get_object_or_404(DrawnJob.objects.select_related(*DRAWN), pk=drawn_job)
    readable = Inspection.objects.opened_to(person_of(request)).filter(drawn_job=found)
    if readable.count() < 2:
        raise Http404(drawn_job)
    context = _compared(found, person_of(request)) | {
        "adjudication": Adjudication.objects.filter(drawn_job=found).select_related("case").first()
    }
    return render(request, "inspections/comparison.html", context)


def _compared(found: DrawnJob, reader: Person) -> dict[str, Any]:
    counts = Lot.objects.filter(pk=found.draw.lot_id).told().exists()
    return {
        "drawn_job": found,
        "lot": found.draw.lot,
        "job": found.lot_job.job,
        "records": records_of(found),
        "lines": page.lines_of(found, reader),
        "told": figures.of_job(found) if counts else None,
        "running": not counts,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def adjudicate(request: HttpRequest, number: str) -> HttpResponse:
    visible = Adjudication.objects.visible_to(person_of(request)).select_related("case__unit", "drawn_job")
    row = get_object_or_404(visible, case__number=number)
    row.drawn_job = DrawnJob.objects.select_related(*DRAWN).get(pk=row.drawn_job_id)
    if request.method != "POST":
        return _page(request, row)
    return _rule(request, row)


def _rule(request: HttpRequest, row: Adjudication) -> HttpResponse:
    person, number, form = person_of(request), row.case.number, RulingForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    token = acts.token_of(request)
    try:
        with plainly(person, token, number), turn(
            actor=person, number=number, item_id=_item(request, row), token=token
        ) as held:  # fmt: skip
            left = ruling.rule_in_turn(held, form.cleaned_data)
    except Busy:
        return busy(request)
    except Overtaken as late:
        return problem(request, 409, lead=_("Too late:"), sentence=late.message,
                       typed=[form.cleaned_data["reasons"]], present=request.path)  # fmt: skip
    except BadMove as refused:
        form.add_error(None, refused.message)
        return _page(request, row, form, status=422)
    if left:
        words = ngettext("Ruled. %(n)s more.", "Ruled. %(n)s more.", left) % {"n": left}
        messages.success(request, words)
        return HttpResponseRedirect(request.path, status=303)
    messages.success(request, _("Ruled; the job is concluded."))
    return HttpResponseRedirect(reverse("case", args=[number]), status=303)


def _item(request: HttpRequest, row: Adjudication) -> int:
    """The part that the person holds or may take; when it is over, the turn says so."""
    items = WorkItem.objects.filter(case=row.case_id, step__node="ruling").order_by("-pk")
    own = items.filter(person=person_of(request)).first() or items.first()
    if own is None:
        raise Http404
    return own.pk


def _page(
    request: HttpRequest, row: Adjudication, form: RulingForm | None = None, *, status: int = 200
) -> HttpResponse:
    open_claims = differing(row.drawn_job)
    compared = _compared(row.drawn_job, person_of(request))
    lines = {line.claim.pk: line for line in compared["lines"]}
    step = Step.objects.filter(case=row.case_id, node="ruling", closed_at=None).first()
    wanted = (form or RulingForm(request.GET)).data.get("claim", "")
    here = next((claim for claim in open_claims if str(claim.pk) == wanted), open_claims[0] if open_claims else None)
    context = compared | {
        "adjudication": row,
        "case": row.case,
        "step": step,
        "may_rule": step is not None and _may_rule(request, row),
        "here": lines.get(here.pk) if here else None,
        "place": len(lines) and (_ruled(lines) + 1),
        "open": [lines[claim.pk] for claim in open_claims],
        "ruled": [line for line in lines.values() if line.ruling is not None and not line.ruling.agreed],
        "form": form or RulingForm(),
        "effects": ruling.effects(row, here) if here else {},
        "severities": Severity.choices,
        "natures": Nature.choices,
        "token": uuid4(),
    }
    return render(request, "inspections/adjudicate.html", context, status=status)


def _ruled(lines: dict[int, Any]) -> int:
    return sum(line.ruling is not None and not line.ruling.agreed for line in lines.values())


def _may_rule(request: HttpRequest, row: Adjudication) -> bool:
    """Is there a part of the step that this person holds or may take?"""
    from workflows.engine.errors import Refusal
    from workflows.engine.turn import glance

    try:
        glance(actor=person_of(request), number=row.case.number, item_id=_item(request, row))
    except (Refusal, Http404):
        return False
    return True

"""Claim templates: read, compared, drafted, published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maintenance_audit.register import content, drafting, keepers, sheets
from maintenance_audit.register.forms import DraftForms, with_more
from maintenance_audit.register.keepers import for_the_plant
from maintenance_audit.register.models import CheckItem, ClaimItem, ClaimTemplate, WorkKind
from maintenance_audit.register.views.pages import answered, one, planners
from workflows.organisation import history
from workflows.organisation.access import KnownRequest, holding
from workflows.organisation.errors import Refused

publishers = holding(*keepers.PUBLISHERS)
ROWS = (Prefetch("items", ClaimItem.objects.order_by("place")), Prefetch("checks", CheckItem.objects.order_by("place")))


@for_the_plant
@require_safe
def export_templates(request: KnownRequest) -> HttpResponse:
    """What is in force, of every kind of work in use."""
    found = ClaimTemplate.objects.visible_to(request.user).in_force().filter(work_kind__is_active=True)
    return sheets.templates(found.select_related("work_kind").prefetch_related(*ROWS).order_by("work_kind__code"))


@for_the_plant
@require_safe
def template(request: KnownRequest, template_id: int) -> HttpResponse:
    return _page(request, _seen(request, template_id))


def _page(request: KnownRequest, row: ClaimTemplate, status: int = 200, refused: str = "") -> HttpResponse:
    """A version: its rows, beside the one before; a draft says what it would change."""
    said, before = content.content_of(row), drafting.before(row)
    context = {
        "row": row, "items": row.items.all(), "checks": row.checks.all(), "before": before, "refused": refused,
        "differences": content.differences(content.content_of(before), said) if before else [],
        "digest": content.digest_of(said), "may_change": keepers.keeps(request.user) and row.is_draft,
        "may_publish": drafting.may_publish(request.user, row),
        "wrote": request.user.pk in {row.drafted_by_id, *row.written_by},
        "subject": drafting.subject_of(row), "history": history.of(drafting.subject_of(row)),
    }  # fmt: skip
    return render(request, "register/template.html", context, status=status)


@planners
def draft_template(request: KnownRequest, kind_id: int) -> HttpResponse:
    """Write the kind's next version: the draft that is there, else the version in force as a beginning."""
    kind = one(WorkKind.objects.visible_to(request.user).active(), kind_id)
    draft = ClaimTemplate.objects.drafts().filter(work_kind=kind).first()
    if request.method != "POST":
        start = draft or drafting.in_force(kind)
        said = content.content_of(start) if start else None
        read = content.digest_of(content.content_of(draft)) if draft else ""
        return _form(request, kind, DraftForms(content=said, read=read, note=draft.note if draft else ""))
    if (more := request.POST.get("act", "")) in ("items", "checks"):
        return _form(request, kind, DraftForms(with_more(request.POST, more)))
    forms = DraftForms(request.POST)
    if not forms.is_valid():
        return _form(request, kind, forms, status=422)
    return _written(request, kind, forms)


def _written(request: KnownRequest, kind: WorkKind, forms: DraftForms) -> HttpResponse:
    note = forms.note.cleaned_data
    try:
        made = drafting.write(
            actor=request.user, work_kind=kind, content=forms.content(), note=note["note"], read=note["read"]
        )
    except drafting.ReadAnother as refused:
        return _form(request, kind, _told_again(request, kind, refused.message), status=409)
    except Refused as refused:
        forms.note.add_error(None, refused.message)
        return _form(request, kind, forms, status=422)
    messages.success(request, _("The draft is kept. Somebody else publishes it."))
    return redirect("template", made.pk)


def _told_again(request: KnownRequest, kind: WorkKind, words: str) -> DraftForms:
    """What was typed, beside the draft that is there now: sent once more, it is written over it knowingly."""
    draft, sent = ClaimTemplate.objects.drafts().filter(work_kind=kind).first(), request.POST.copy()
    sent["read"] = content.digest_of(content.content_of(draft)) if draft else ""
    forms = DraftForms(sent)
    forms.is_valid()
    forms.note.add_error(None, words)
    return forms


def _form(request: KnownRequest, kind: WorkKind, forms: DraftForms, status: int = 200) -> HttpResponse:
    context = {"kind": kind, "note": forms.note, "claims": forms.items, "checks": forms.checks}
    return render(request, "register/template_form.html", context, status=status)


@publishers
@require_POST
def publish_template(request: KnownRequest, template_id: int) -> HttpResponse:
    row = _seen(request, template_id)
    try:
        drafting.publish(actor=request.user, template=row, read=request.POST.get("read", ""))
    except drafting.ReadAnother as refused:
        return _page(request, _seen(request, template_id), 409, refused.message)
    except Refused as refused:
        return _page(request, row, 422, refused.message)
    messages.success(request, _("Published. Jobs completed from now on are claimed by it."))
    return redirect("template", row.pk)


@planners
@require_POST
def drop_template(request: KnownRequest, template_id: int) -> HttpResponse:
    row = _seen(request, template_id)
    done = _("The draft is put away; that it was there stays recorded.")
    return answered(
        request, lambda: drafting.drop(actor=request.user, template=row), done, "work_kind", row.work_kind_id
    )


def _seen(request: KnownRequest, template_id: int) -> ClaimTemplate:
    if not keepers.reads(request.user):
        raise Http404
    found: Any = ClaimTemplate.objects.visible_to(request.user).select_related(
        "work_kind", "drafted_by", "published_by"
    )
    row: ClaimTemplate = one(found.prefetch_related(*ROWS), template_id)
    return row

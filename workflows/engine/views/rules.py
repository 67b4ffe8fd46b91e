"""Rule versions: read by everybody whom they bind, drafted by one person, published by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from workflows.engine import kinds, rulebook, what_if
from workflows.engine.errors import BadMove
from workflows.engine.models import Case, RuleVersion
from workflows.engine.rule_readers import readable
from workflows.engine.views.acts import to
from workflows.engine.views.clauses import compare
from workflows.ledger.clock import now
from workflows.organisation.access import holding, signed_in
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, Role, Unit
from workflows.organisation.roles import held_by
from workflows.organisation.signin.reauthentication import reauthenticate

RULE_MAKERS = (Role.RULE_DRAFTER, Role.RULE_PUBLISHER)


@signed_in
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    versions = list(readable(person).order_by("kind", "unit__path", "-number")[:300])
    groups: dict[tuple[str, int], dict[str, Any]] = {}
    for version in versions:
        kind = kinds.ruled(version.kind)
        key = (version.kind, version.unit_id)
        group = groups.setdefault(key, {"kind": kind, "unit": version.unit, "rows": []})
        group["rows"].append({"version": version, "standing": standing(version, group["rows"])})
    places = _places(person)
    drafting = {unit.pk for unit in places}
    for group in groups.values():
        group["may_draft"] = group["unit"].pk in drafting
    # A kind that has no version yet at a unit has no section to begin one from.
    first = [(kind, unit) for unit in places for kind in kinds.all_ruled() if (kind.name, unit.pk) not in groups]
    context = {"groups": list(groups.values()), "first": first}
    return render(request, "engine/rule_list.html", context)


def standing(version: RuleVersion, newer: list[dict[str, Any]]) -> dict[str, str]:
    """Draft, from when, in force, or gone by: versions are given newest first."""
    if version.state == RuleVersion.State.DRAFT:
        if version.submitted_at is None:
            return {"state": "none", "words": _("Draft"), "icon": "edit"}
        return {"state": "waiting", "words": _("Waits for a second person"), "icon": "users"}
    assert version.effective_from is not None
    if version.effective_from > now():
        return {"state": "soon", "words": _("Published, not yet in force"), "icon": "clock"}
    if any(row["standing"]["state"] == "accepted" for row in newer):
        return {"state": "none", "words": _("Earlier version"), "icon": "minus"}
    return {"state": "accepted", "words": _("In force"), "icon": "check"}


def _places(person: Person) -> list[Unit]:
    """Where the person may draft: the units of their rule roles."""
    ids = [held.unit_id for held in held_by(person) if held.role in RULE_MAKERS]
    return list(Unit.objects.filter(pk__in=ids).order_by("path")) if ids else []


@signed_in
@never_cache
@require_safe
def rule_detail(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(readable(_person(request)), pk=pk)
    return _detail(request, version)


def _detail(
    request: HttpRequest, version: RuleVersion, form: PublishForm | None = None, refused: BadMove | None = None
) -> HttpResponse:
    person, draft = _person(request), version.state == RuleVersion.State.DRAFT
    before = _in_force(version) if draft else None
    kind = kinds.ruled(version.kind)
    sections = compare(kind.clauses(version.content), kind.clauses(before.content) if before else None)
    context = {
        "version": version,
        "kind": kind,
        "draft": draft,
        "before": before,
        "sections": sections,
        "changes": sum(section.changes for section in sections),
        "pinned": Case.objects.filter(rules=version).aggregate(
            all=Count("pk"), open=Count("pk", filter=~Q(state=Case.State.CLOSED))
        ),
        "waiting": Case.objects.filter(rules=before).exclude(state=Case.State.CLOSED).count() if before else 0,
        "may_edit": draft and rulebook.may_draft(person, version.unit),
        "may_publish": draft and rulebook.may_publish(person, version),
        "refused": refused,
        "tried": what_if.of(version, person) if _may_be_tried(version, person) else None,
        "own_draft": draft and version.drafted_by_id == person.pk,
        "form": form or PublishForm(),
        "subject": rulebook.subject_of(version),
    }
    return render(request, "engine/rule_detail.html", context, status=422 if form or refused else 200)


def _may_be_tried(version: RuleVersion, person: Person) -> bool:
    draft = version.state == RuleVersion.State.DRAFT
    return draft and kinds.has_cases(version.kind) and what_if.may_try(person)


def _in_force(version: RuleVersion) -> RuleVersion | None:
    return RuleVersion.objects.in_force(version.kind, version.unit.ancestor_ids)


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What changes, and why"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )  # fmt: skip


@holding(*RULE_MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_draft(request: HttpRequest) -> HttpResponse:
    """A new draft, begun from what is in force at the unit."""
    kind, unit = _asked(request)
    in_force = RuleVersion.objects.in_force(kind.name, unit.ancestor_ids)
    begun = in_force.content if in_force else kind.first_rules
    form, note = _forms(request, kind, begun, "")
    if request.method == "POST" and form.is_valid() and note.is_valid():

        def write() -> RuleVersion:
            return rulebook.draft(actor=_person(request), kind=kind.name, unit=unit, **_typed(form, note))

        if made := _kept(request, write, form, note):
            return to(reverse("rule_detail", args=[made.pk]))
    return _edit_page(request, kind, unit, form, note, in_force)


@holding(*RULE_MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(readable(_person(request)), pk=pk)
    if version.state != RuleVersion.State.DRAFT or not rulebook.may_draft(_person(request), version.unit):
        raise Http404
    kind = kinds.ruled(version.kind)
    form, note = _forms(request, kind, version.content, version.note)
    if request.method == "POST" and form.is_valid() and note.is_valid():

        def write() -> RuleVersion:
            return rulebook.redraft(actor=_person(request), version_id=pk, **_typed(form, note))

        if _kept(request, write, form, note):
            return to(reverse("rule_detail", args=[pk]))
    return _edit_page(request, kind, version.unit, form, note, _in_force(version), version)


def _typed(form: Any, note: NoteForm) -> dict[str, Any]:
    return {"content": form.content(), "note": note.cleaned_data["note"]}


def _kept(request: HttpRequest, write: Callable[[], RuleVersion], form: Any, note: NoteForm) -> RuleVersion | None:
    """Save the draft, and with the second button submit it: both or, with the reason at its field, neither."""
    try:
        with transaction.atomic():
            made = write()
            if request.POST.get("then") == "submit":
                rulebook.submit(actor=_person(request), version_id=made.pk)
            return made
    except BadMove as refused:
        if refused.field == "note":
            note.add_error("note", refused.message)
        else:
            form.add_error(None, refused.message)
        return None


def _forms(request: HttpRequest, kind: kinds.Ruled, content: Any, note: str) -> tuple[Any, NoteForm]:
    if kind.rules_form is None:
        raise Http404
    data = request.POST if request.method == "POST" else None
    return kind.rules_form(data, initial=content), NoteForm(data, initial={"note": note})


def _edit_page(
    request: HttpRequest,
    kind: kinds.Ruled,
    unit: Unit,
    form: Any,
    note: NoteForm,
    in_force: RuleVersion | None,
    version: RuleVersion | None = None,
) -> HttpResponse:
    context = {"kind": kind, "unit": unit, "form": form, "note": note, "in_force": in_force, "version": version}
    return render(request, "engine/rule_form.html", context, status=422 if form.errors or note.errors else 200)


def _asked(request: HttpRequest) -> tuple[kinds.Ruled, Unit]:
    """The kind and the unit of the address; by default the only kind, and the first unit where one may draft."""
    known = {kind.name: kind for kind in kinds.all_ruled()}
    kind = known.get(request.GET.get("kind", "") or next(iter(known)))
    places = _places(_person(request))
    wanted = request.GET.get("unit", "")
    unit = next((u for u in places if not wanted or str(u.pk) == wanted), None)
    if unit is None and wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        asked = Unit.objects.filter(pk=wanted).first()
        unit = asked if asked and rulebook.may_draft(_person(request), asked) else None
    if kind is None or unit is None:
        raise Http404
    return kind, unit


class PublishForm(forms.Form):
    """From when, and the password once more: publishing binds everybody."""

    effective_from = forms.DateField(
        label=gettext_lazy("In force from"), required=False, help_text=gettext_lazy("Empty: at once."),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write the day as 2026-12-31.")},
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Your password, once more"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "form-control"}),
        error_messages={"required": gettext_lazy("Type your password to publish.")},
    )  # fmt: skip

    @property
    def moment(self) -> datetime | None:
        """The beginning of the day, plant time; today means at once."""
        day = self.cleaned_data["effective_from"]
        if day is None or day == timezone.localdate(now()):
            return None
        return timezone.make_aware(datetime.combine(day, time.min))


@holding(*RULE_MAKERS)
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["POST"])
def rule_publish(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request)
    version = get_object_or_404(readable(person), pk=pk)
    form = PublishForm(request.POST)
    if form.is_valid():
        _confirm_person(request, form)
    if not form.is_valid():
        return _detail(request, version, form)
    try:
        rulebook.publish(actor=person, version_id=pk, read=request.POST.get("digest", ""), effective_from=form.moment)
    except BadMove as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return _detail(request, version, form)
    return to(reverse("rule_detail", args=[pk]))


def _confirm_person(request: HttpRequest, form: PublishForm) -> None:
    """Guessing at a screen left open counts like guessing at the door."""
    try:
        reauthenticate(request, form.cleaned_data["password"])  # type: ignore[arg-type]
    except Refused as refused:
        form.add_error("password", refused.message)


@holding(*RULE_MAKERS)
@require_http_methods(["POST"])
def rule_submit(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(readable(_person(request)), pk=pk)
    try:
        rulebook.submit(actor=_person(request), version_id=pk)
    except BadMove as refused:
        return _detail(request, version, refused=refused)
    return to(reverse("rule_detail", args=[pk]))


@holding(*RULE_MAKERS)
@require_http_methods(["POST"])
def rule_send_back(request: HttpRequest, pk: int) -> HttpResponse:
    version = get_object_or_404(readable(_person(request)), pk=pk)
    try:
        rulebook.send_back(actor=_person(request), version_id=pk, reason=request.POST.get("reason", ""))
    except BadMove as refused:
        return _detail(request, version, refused=refused)
    return to(reverse("rule_detail", args=[pk]))


def _person(request: HttpRequest) -> Person:
    return request.user  # type: ignore[return-value]

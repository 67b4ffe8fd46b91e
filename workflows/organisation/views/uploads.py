"""The steps of a file that is brought in, whatever it holds: handed in, looked at, confirmed, put away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import SpreadsheetUpload, UploadState
from workflows.organisation.spreadsheets import intake
from workflows.organisation.spreadsheets.plan import Stale

SHOWN = 300
WAITING, DONE = 5, 10
MET = {"23505", "55P03", "40P01"}  # unique_violation, lock_not_available, deadlock_detected


def file_field(label: Any, help_text: Any, accept: str = ".xlsx,.csv") -> forms.FileField:
    widget = forms.ClearableFileInput(attrs={"accept": accept, "class": "form-control"})
    return forms.FileField(label=label, help_text=help_text, allow_empty_file=True, widget=widget)


@dataclass(frozen=True)
class Uploads:
    """Files of one kind. `begin` and `look` are names of URLs: where a file is handed in, and its preview.

    `compute(actor, kept)` says what confirming would do, of which the preview shows the first rows of each of `parts`.
    """

    model: type[SpreadsheetUpload]
    begin: str
    look: str
    page: str
    preview_page: str
    parts: tuple[str, ...]
    compute: Callable[[Any, Any], Any]
    rows: tuple[str, ...] = ("content",)  # fields that a list of files does without

    def hand_in(
        self, request: KnownRequest, form: PlainForm, keep: Callable[[str, bytes], SpreadsheetUpload], **more: Any
    ) -> HttpResponse:
        """`keep(name, content)` reads the file; what it refuses stands at the form's field."""
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            with form.refusals():
                intake.refuse_size(file.size)
                return redirect(self.look, keep(file.name, file.read()).pk)
        mine: Any = self.model._default_manager
        uploads = mine.visible_to(request.user).defer(*self.rows)
        context = {
            "form": form, "waiting": uploads.filter(state=UploadState.WAITING)[:WAITING],
            "done": uploads.filter(state=UploadState.APPLIED)[:DONE],
        }  # fmt: skip
        return render(request, self.page, context | more, status=422 if form.errors else 200)

    def show(self, request: KnownRequest, kept: Any, **more: Any) -> HttpResponse:
        if kept.state != UploadState.WAITING:
            messages.info(request, _("This file was dealt with already. It was recorded once."))
            return redirect(self.begin)
        return self._preview(request, kept, more)

    def _preview(self, request: KnownRequest, kept: Any, more: dict[str, Any], *, stale: bool = False) -> HttpResponse:
        plan = self.compute(request.user, kept)
        context: dict[str, Any] = {"kept": kept, "plan": plan, "stale": stale, "shown": SHOWN} | more
        context |= {part: getattr(plan, part)[:SHOWN] for part in ("faults", *self.parts)}
        return render(request, self.preview_page, context, status=409 if stale else 200)

    def confirm(
        self, request: KnownRequest, kept: Any, apply: Callable[..., Any], done: Callable[[Any], HttpResponse],
        **more: Any,
    ) -> HttpResponse:  # fmt: skip
        """What was read, and nothing else: where the plant has changed since, the preview is shown anew; so it is where
        somebody brings the same in at this moment."""
        try:
            made = apply(actor=request.user, upload=kept, digest=request.POST.get("plan", ""))
        except Stale:
            return self._preview(request, kept, more, stale=True)
        except (IntegrityError, OperationalError) as error:
            if getattr(error.__cause__, "pgcode", "") not in MET:
                raise
            return self._preview(request, kept, more, stale=True)
        except Refused as refused:
            messages.info(request, refused.message)
            return redirect(self.begin)
        return done(made)

    def put_away(self, request: KnownRequest, kept: Any) -> HttpResponse:
        uploads: Any = self.model._default_manager
        uploads.put_away(request.user, kept.pk)
        messages.info(request, _("Put away. Nothing was changed."))
        return redirect(self.begin)

"""What I want to be told, under 我的."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workflows.notices import preferences, topics
from workflows.notices.forms import PreferenceForm, initial_of
from workflows.notices.models import Channel
from workflows.organisation.access import KnownRequest, signed_in


@signed_in
def choose(request: KnownRequest) -> HttpResponse:
    wish = preferences.of(request.user)
    form = PreferenceForm(request.POST or None, initial=initial_of(wish))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            preferences.choose(actor=request.user, wanted=form.by_topic, quiet=form.quiet, digest_at=given["digest_at"])
            messages.success(request, _("Saved."))
            return redirect("notice_preferences")
    asked = set(form.data.getlist("wanted")) if form.is_bound else None  # type: ignore[union-attr, attr-defined]
    rows = [_row(topic, wish, asked) for topic in topics.all_topics()]
    context = {"form": form, "rows": rows, "has_mail": bool(request.user.email)}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)


def _row(topic: topics.Topic, wish: preferences.Wish, asked: set[str] | None) -> dict[str, Any]:
    """One topic with its boxes; after a refusal they stand as they were sent."""
    boxes = []
    for channel in Channel:
        value = f"{topic.name}:{channel.value}"
        fixed = topic.compulsory and channel == Channel.IN_PRODUCT
        on = value in asked if asked is not None else wish.wants(topic.name, channel.value)
        boxes.append({"value": value, "label": channel.label, "fixed": fixed, "on": fixed or on})
    return {"topic": topic, "boxes": boxes}

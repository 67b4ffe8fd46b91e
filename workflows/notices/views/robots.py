"""The administrators' pages on group robots."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from workflows.notices import reasons, wording
from workflows.notices.forms import ChangeRobotForm, NewRobotForm
from workflows.notices.models import Robot
from workflows.notices.robots import keeping, relay
from workflows.organisation.access import KnownRequest
from workflows.organisation.errors import Refused
from workflows.organisation.models import Unit
from workflows.organisation.views.units import administrators, overseers


@overseers
def list_robots(request: KnownRequest) -> HttpResponse:
    robots = list(Robot.objects.overseen_by(request.user).select_related("unit"))
    names = wording.for_groups()
    for robot in robots:
        robot.reason = reasons.explained(robot.last_error)  # type: ignore[attr-defined]
        robot.told = [names[event] for event in robot.events if event in names]  # type: ignore[attr-defined]
    mine = set(Robot.objects.administered_by(request.user).values_list("pk", flat=True))
    context = {
        "robots": robots,
        "mine": mine,
        "may_add": Unit.objects.administered_by(request.user).exists(),
        "relay": relay.is_set(),
    }
    return render(request, "notices/robots.html", context)


@administrators
@sensitive_post_parameters("webhook", "secret")
@never_cache
def add_robot(request: KnownRequest) -> HttpResponse:
    unit = Unit.objects.administered_by(request.user).filter(code=request.GET.get("unit", "")).first()
    form = NewRobotForm(request.POST or None, actor=request.user, initial={"unit": unit, "events": first_events()})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            secrets = {"webhook": given["webhook"], "secret": given["secret"]}
            keeping.add(actor=request.user, unit=given["unit"], kind=given["kind"], terms=form.terms(), **secrets)
            trial = _("The robot is set up. Send a trial to see whether the group hears it.")
            messages.success(request, trial if relay.is_set() else _("The robot is set up, and silent for now."))
            return redirect("admin_robots")
    return _form_page(request, form, _("New group robot"), _("Set it up"))


def first_events() -> list[str]:
    """What a new robot tells unless somebody chooses otherwise: what is urgent or late."""
    return [event for event in wording.for_groups() if wording.of(event).topic.compulsory]


@administrators
@sensitive_post_parameters("webhook", "secret")
@never_cache
def change_robot(request: KnownRequest, robot_id: int) -> HttpResponse:
    robot = _mine(request, robot_id)
    form = ChangeRobotForm(request.POST or None, actor=request.user, robot=robot)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            secrets = {"webhook": given["webhook"], "secret": given["secret"]}
            keeping.change(actor=request.user, robot=robot, terms=form.terms(), **secrets)
            messages.success(request, _("Saved."))
            return redirect("admin_robots")
    return _form_page(request, form, _("Change %(robot)s") % {"robot": robot.name}, _("Save"))


def _form_page(request: KnownRequest, form: object, title: str, button: str) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "back": reverse("admin_robots")}
    status = 422 if getattr(form, "errors", None) else 200
    return render(request, "notices/robot_form.html", context, status=status)


@administrators
@require_POST
def stop_robot(request: KnownRequest, robot_id: int) -> HttpResponse:
    keeping.stop(actor=request.user, robot=_mine(request, robot_id))
    messages.success(request, _("The robot is stopped."))
    return redirect("admin_robots")


@administrators
@require_POST
def start_robot(request: KnownRequest, robot_id: int) -> HttpResponse:
    keeping.start(actor=request.user, robot=_mine(request, robot_id))
    messages.success(request, _("The robot speaks again."))
    return redirect("admin_robots")


@administrators
@require_POST
def try_robot(request: KnownRequest, robot_id: int) -> HttpResponse:
    robot = _mine(request, robot_id)
    try:
        verdict = keeping.send_trial(actor=request.user, robot=robot)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("admin_robots")
    if verdict.ok:
        messages.success(request, _("The trial has arrived in the group %(robot)s.") % {"robot": robot.name})
    else:
        words = _("The trial was not taken: %(reason)s")
        reason = " ".join(part for part in (reasons.explained(verdict.reason), verdict.reason) if part)
        messages.error(request, words % {"reason": reason})
    return redirect("admin_robots")


def _mine(request: KnownRequest, robot_id: int) -> Robot:
    return get_object_or_404(Robot.objects.administered_by(request.user).select_related("unit"), pk=robot_id)

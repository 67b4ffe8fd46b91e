"""What people choose of notices, and what an administrator writes of a robot."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.notices import topics, wording
from workflows.notices.models import Channel, Robot, RobotKind
from workflows.notices.robots.keeping import Terms
from workflows.notices.wishes import Wish
from workflows.organisation.forms.plain import PlainForm
from workflows.organisation.models import Person, Unit

LONGEST_WEBHOOK = 400


class TimeField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class QuietHours(forms.Form):
    """Two times or none."""

    quiet_from = TimeField(label=gettext_lazy("Quiet from"), required=False)
    quiet_to = TimeField(
        label=gettext_lazy("Quiet until"), required=False, help_text=gettext_lazy("Both empty: never quiet.")
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for one, other in (("quiet_from", "quiet_to"), ("quiet_to", "quiet_from")):
            if found.get(one) and not found.get(other) and other not in self.errors:
                self.add_error(other, _("Say both, when it begins and when it ends."))
        return found

    @property
    def quiet(self) -> tuple[time, time] | None:
        begins, ends = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_to"]
        return (begins, ends) if begins is not None and ends is not None else None


class PreferenceForm(QuietHours, PlainForm):
    digest_at = TimeField(
        label=gettext_lazy("One mail a day, at"),
        required=False,
        help_text=gettext_lazy("On working days. Empty: each mail at once."),
    )
    wanted = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)

    field_order = ["digest_at", "quiet_from", "quiet_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(f"{topic.name}:{channel}", "") for topic in topics.all_topics() for channel in Channel.values]
        self.fields["wanted"].choices = choices  # type: ignore[attr-defined]

    @property
    def by_topic(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for choice in self.cleaned_data["wanted"]:
            topic, _colon, channel = choice.partition(":")
            found.setdefault(topic, []).append(channel)
        return found


def initial_of(wish: Wish) -> dict[str, Any]:
    begins, ends = wish.quiet or (None, None)
    return {"quiet_from": begins, "quiet_to": ends, "digest_at": wish.digest_at}


class RobotForm(QuietHours, PlainForm):
    name = forms.CharField(
        label=gettext_lazy("name"), max_length=60, help_text=gettext_lazy("As people call the group.")
    )
    webhook = forms.CharField(
        label=gettext_lazy("Webhook address"),
        max_length=LONGEST_WEBHOOK,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As the group's settings show it. It is kept sealed and not shown again."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Signing secret"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("DingTalk and Feishu, where signing is switched on. Not shown again."),
    )
    language = forms.ChoiceField(label=gettext_lazy("language"), choices=[("zh-hans", "简体中文"), ("en", "English")])
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it tells the group"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Numbers; titles only in the group of the case's own unit. Never names or reasons."),
    )

    summary_at = TimeField(
        label=gettext_lazy("Numbers of the day, at"),
        required=False,
        help_text=gettext_lazy("On working days: how much is open and late in the unit. Empty: never."),
    )

    field_order = [
        "unit", "kind", "name", "webhook", "secret", "events", "summary_at", "language", "quiet_from", "quiet_to",
    ]  # fmt: skip

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = list(wording.for_groups().items())  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(given["name"], given["language"], given["events"], self.quiet, given["summary_at"])


class NewRobotForm(RobotForm):
    unit = forms.ModelChoiceField(
        label=gettext_lazy("unit"), queryset=Unit.objects.none(), empty_label=gettext_lazy("choose")
    )
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=RobotKind.choices)

    def __init__(self, *args: Any, actor: Person, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["unit"].queryset = Unit.objects.administered_by(actor).active()  # type: ignore[attr-defined]


class ChangeRobotForm(RobotForm):
    """The address only where it is a new one."""

    def __init__(self, *args: Any, robot: Robot, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": robot.name,
            "language": robot.language,
            "events": robot.events,
            "quiet_from": robot.quiet_from,
            "quiet_to": robot.quiet_to,
            "summary_at": robot.summary_at,
        }
        super().__init__(*args, **kwargs)
        self.fields["webhook"].required = False
        self.fields["webhook"].help_text = _("Empty: as it is. A new address needs its secret again.")


class DiscardForm(PlainForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("It stands in the ledger.")
    )

"""What is typed in the problem register. No text may name a person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance_audit.assessments.nameless import Named, refused_in
from workflows.engine.work_forms import TextField
from workflows.organisation.forms.plain import DateField, PlainForm

NOBODY = "nobody"


class Nameless(PlainForm):
    """Every text of it is a process's, not a person's. What may be a word as well is ticked to be no person."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = self.data.getlist(NOBODY) if hasattr(self.data, "getlist") else []
        doubtful: list[str] = []
        for name, value in list(cleaned.items()):
            found = refused_in(value, said) if isinstance(value, str) and value else []
            if found:
                self.add_error(name, _refusal(found))
                doubtful += [one.name for one in found if not one.sure]
        asked = list(dict.fromkeys([*doubtful, *said]))
        if doubtful:
            self.fields[NOBODY] = forms.MultipleChoiceField(
                label=gettext("This is no person"), choices=[(one, one) for one in asked], required=False,
                widget=forms.CheckboxSelectMultiple, help_text=gettext("Tick it only if the word means a thing here."),
            )  # fmt: skip
        return cleaned


def _refusal(found: list[Named]) -> str:
    names = gettext(", ").join(one.name for one in found)
    if any(one.sure for one in found):
        return gettext("This names somebody: %(names)s. Write the post or the step instead.") % {"names": names}
    return gettext(
        "“%(names)s” is somebody's name. Write the post or the step instead, or tick below that it is no person."
    ) % {"names": names}


class ProblemForm(Nameless):
    process = forms.CharField(label=_("Which process"), max_length=60, help_text=_("e.g. returning of old parts"))
    text = TextField(label=_("What is wrong with it"), help_text=_("The process, never a person: no names."))


class MeasureForm(Nameless):
    measure = TextField(label=_("Measure"))
    due = DateField(label=_("By when it works"))


class ResultForm(Nameless):
    result = TextField(label=_("What it brought, and by what one sees that"))

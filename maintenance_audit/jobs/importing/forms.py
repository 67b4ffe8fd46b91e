"""What is typed: the file, and what its columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from maintenance_audit.jobs.importing import fields
from maintenance_audit.jobs.importing.mapping import MOST_PARTS, Mapping
from maintenance_audit.jobs.importing.staging import Ground
from maintenance_audit.jobs.models import JobImport, JobState
from workflows.organisation.forms.plain import PlainForm, tidy
from workflows.organisation.spreadsheets.cells import letters

FIRM_RULES = (
    ("column", gettext_lazy("As the column of contractors says")),
    ("one", gettext_lazy("One contractor for all")),
    ("turn", gettext_lazy("By the values of a column, each takes the next contractor")),
    ("none", gettext_lazy("None is named")),
)


class JobFileForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("File of jobs"),
        help_text=gettext_lazy(".xlsx or .csv, up to 20 MB and 200,000 rows. Looking at it changes nothing."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )


class MappingForm(PlainForm):
    """One list of columns for each thing a job has; `tag_0` … are the parts of the tag."""

    prefix_typed = forms.CharField(
        label=gettext_lazy("Numbers begin with"), max_length=20, required=False,
        help_text=gettext_lazy("Where no column has the job number: EX-00001, EX-00002 … in the order of the file."),
    )  # fmt: skip
    section_code = forms.ChoiceField(
        label=gettext_lazy("Section, where the file says none"), required=False,
        help_text=gettext_lazy("A tag of the register brings its own section."),
    )  # fmt: skip
    state_all = forms.ChoiceField(label=gettext_lazy("State, where the file says none"), choices=JobState)
    firm_rule = forms.ChoiceField(label=gettext_lazy("Contractor"), choices=FIRM_RULES)
    firm_by = forms.ChoiceField(label=gettext_lazy("Column that contractors go by"), required=False)
    firms = forms.MultipleChoiceField(
        label=gettext_lazy("Contractors"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One for all: the first that is ticked. By a column: in this order."),
    )  # fmt: skip
    make = forms.BooleanField(
        label=gettext_lazy("Add tags, failure codes and kinds of work that the register lacks"), required=False
    )

    def __init__(self, sent: Any = None, *, upload: JobImport, ground: Ground, mapping: Mapping) -> None:
        super().__init__(sent, initial=_initial(mapping))
        self.upload = upload
        columns = _columns(upload.headers, upload.sample)
        for field in fields.FIELDS:
            self.fields[field.key] = _list(field.label, columns)
        for nth in range(MOST_PARTS):
            self.fields[f"tag_{nth}"] = _list(pgettext_lazy("job column", "Tag") if nth == 0 else _("and"), columns)
        self.fields["firm_by"].choices = columns  # type: ignore[attr-defined]
        none = ("", _("choose"))
        sections = [(unit.code, f"{unit.name} ({unit.code})") for unit in ground.sections]
        self.fields["section_code"].choices = [none, *sections]  # type: ignore[attr-defined]
        self.fields["firms"].choices = [(unit.code, unit.name) for unit in ground.firms]  # type: ignore[attr-defined]
        for name in ("section_code", "state_all", "firm_rule", "firm_by"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["firms"].widget.attrs.pop("class", None)

    @property
    def columns(self) -> list[Any]:
        """The lists of columns, the tag's parts behind the number."""
        keys = [field.key for field in fields.FIELDS]
        return [self[key] for key in (keys[0], *(f"tag_{nth}" for nth in range(MOST_PARTS)), *keys[1:])]

    @property
    def rules(self) -> list[Any]:
        return [self[name] for name in ("prefix_typed", "section_code", "state_all", "firm_rule", "firm_by")]

    def clean_prefix_typed(self) -> str:
        typed = tidy(self.cleaned_data["prefix_typed"])
        if "|" in typed:
            raise ValidationError(_("It cannot contain |."))
        return typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rule, firms = data.get("firm_rule"), data.get("firms") or []
        if not data.get("number") and not data.get("prefix_typed"):
            self.add_error("prefix_typed", _("Name the column with the job number, or say how numbers begin."))
        if not data.get("tag_0"):
            self.add_error("tag_0", _("Every job is about a tag; name its column."))
        if rule == "column" and not data.get("firm"):
            self.add_error("firm_rule", _("No column of contractors is named."))
        if rule in ("one", "turn") and not firms:
            self.add_error("firms", _("Tick at least one contractor."))
        if rule == "turn" and not data.get("firm_by"):
            self.add_error("firm_by", _("Name the column."))
        done = (JobState.ACCEPTED, JobState.SETTLED, JobState.WARRANTY_OVER)
        if data.get("state_all") in done and not data.get("accepted") and not data.get("state"):
            self.add_error(
                "accepted", _("Jobs that are accepted need a column with the day; the start date may stand for it.")
            )
        return data

    def said(self) -> Mapping:
        data = self.cleaned_data
        parts = [data[f"tag_{nth}"] for nth in range(MOST_PARTS)]
        return Mapping(
            columns={field.key: int(data[field.key]) for field in fields.FIELDS if data[field.key]},
            tag=[int(part) for part in parts if part],
            prefix=data["prefix_typed"],
            section=data["section_code"],
            state=data["state_all"],
            firm_rule=data["firm_rule"],
            firm_by=int(data["firm_by"]) if data["firm_by"] else -1,
            firms=[code for code, _name in self.fields["firms"].choices if code in data["firms"]],  # type: ignore[attr-defined]
            make=data["make"],
        )


def _list(label: Any, columns: list[tuple[str, str]]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(label=label, choices=columns, required=False, widget=widget)


def _columns(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """A Asset (A, B): the letters, the header, and what stands in the first rows."""
    found = [("", _("no column"))]
    for index, header in enumerate(headers):
        seen = dict.fromkeys(row[index][:20] for row in sample if index < len(row) and row[index])
        said = f" ({', '.join(list(seen)[:2])})" if seen else ""
        found.append((str(index), f"{letters(index)} {header}{said}"))
    return found


def _initial(mapping: Mapping) -> dict[str, Any]:
    columns = {key: str(index) for key, index in mapping.columns.items()}
    parts = {f"tag_{nth}": str(index) for nth, index in enumerate(mapping.tag)}
    return columns | parts | {
        "prefix_typed": mapping.prefix, "section_code": mapping.section, "state_all": mapping.state,
        "firm_rule": mapping.firm_rule, "firm_by": str(mapping.firm_by) if mapping.firm_by >= 0 else "",
        "firms": mapping.firms, "make": mapping.make,
    }  # fmt: skip

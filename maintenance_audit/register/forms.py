"""What is typed into the register."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maintenance_audit.register import keepers
from maintenance_audit.register.content import MOST_ROWS, Content
from maintenance_audit.register.models import ClaimKind, Seen, Severity, Tolerance
from workflows.organisation.forms.plain import DateField, NumberField, PlainForm
from workflows.organisation.models import Person, Unit, UnitKind


class TagField(NumberField):
    """A tag or a code: one word, as it stands on the label."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if any(char.isspace() for char in value):
            raise ValidationError(_("It is written in one word, without spaces."))


class UnitChoice(forms.ModelChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return f"{unit.name} ({unit.code})"


class EquipmentForm(PlainForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    tag = TagField(
        label=gettext_lazy("tag"), max_length=60,
        help_text=gettext_lazy("As it stands on the label. It is never changed afterwards."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    unit = UnitChoice(label=gettext_lazy("section"), queryset=Unit.objects.none(), empty_label=gettext_lazy("choose"))
    place = forms.CharField(label=gettext_lazy("place"), max_length=120, required=False)

    def __init__(self, *args: Any, actor: Person, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = keepers.sections_kept_by(actor)  # type: ignore[attr-defined]
        if known:
            del self.fields["tag"]


class CodeForm(PlainForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    code = TagField(label=gettext_lazy("code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("name"), max_length=80)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["code"]


class ContractorForm(PlainForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    unit = UnitChoice(
        label=gettext_lazy("Contractor"), queryset=Unit.objects.none(), empty_label=gettext_lazy("choose"),
        help_text=gettext_lazy("Its unit and accounts are made by an administrator."),
    )  # fmt: skip
    scope = forms.CharField(label=gettext_lazy("licensed for"), max_length=200, required=False)
    valid_until = DateField(label=gettext_lazy("licence valid until"), required=False)
    contact = forms.CharField(label=gettext_lazy("contact"), max_length=80, required=False)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["unit"]
        else:
            free = Unit.objects.active().filter(kind=UnitKind.CONTRACTOR, contractor=None)
            self.fields["unit"].queryset = free  # type: ignore[attr-defined]


class ItemForm(PlainForm):
    """A row of a claim template; one without words is no row."""

    label = forms.CharField(label=gettext_lazy("What is claimed"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of claim"), choices=ClaimKind, initial=ClaimKind.HOURS)
    measure = forms.CharField(
        label=gettext_lazy("Unit of measure"), max_length=20, required=False, help_text=gettext_lazy("h, m, pieces …")
    )
    tolerance = forms.ChoiceField(label=gettext_lazy("Tolerance"), choices=Tolerance, initial=Tolerance.JUDGED)
    allowed = forms.DecimalField(
        label=gettext_lazy("May differ by"), max_digits=12, decimal_places=3, min_value=Decimal(0), required=False
    )
    seen = forms.ChoiceField(label=gettext_lazy("Can be checked"), choices=Seen, initial=Seen.BOTH)
    severity = forms.ChoiceField(label=gettext_lazy("If it is not so"), choices=Severity, initial=Severity.MAJOR)
    required = forms.BooleanField(label=gettext_lazy("Has to be claimed"), required=False, initial=True)
    key = forms.CharField(
        label=gettext_lazy("Key"), max_length=40, required=False,
        help_text=gettext_lazy("The same key in the next version is the same claim. Empty: one is given."),
    )  # fmt: skip

    def said(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data.pop("DELETE", None)
        allowed = data["allowed"]
        return data | {"allowed": None if allowed is None else format(allowed.normalize(), "f")}


class CheckForm(PlainForm):
    text = forms.CharField(label=gettext_lazy("What to look at"), max_length=200)
    seen = forms.ChoiceField(label=gettext_lazy("Can be checked"), choices=Seen, initial=Seen.BOTH)


class NoteForm(PlainForm):
    read = forms.CharField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("What changes and why"), max_length=200,
        help_text=gettext_lazy("The publisher reads it first."),
    )  # fmt: skip


def _rows(form: type[forms.Form]) -> type[BaseFormSet[Any]]:
    return formset_factory(form, extra=1, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 10)


Items, Checks = _rows(ItemForm), _rows(CheckForm)


class DraftForms:
    """The draft's page: a note, the claims, the checklist. Bound, if something was sent."""

    def __init__(self, sent: Any = None, *, content: Content | None = None, read: str = "", note: str = "") -> None:
        content = content or {"items": [], "checks": []}
        self.note = NoteForm(sent, initial={"read": read, "note": note})
        self.items = Items(sent, prefix="items", initial=[_initial(item) for item in content["items"]])
        self.checks = Checks(sent, prefix="checks", initial=content["checks"])

    def is_valid(self) -> bool:
        return all([self.note.is_valid(), self.items.is_valid(), self.checks.is_valid()])

    def content(self) -> Content:
        return {
            "items": [form.said() for form in self.items if _stands(form)],
            "checks": [
                {"text": form.cleaned_data["text"], "seen": form.cleaned_data["seen"]}
                for form in self.checks
                if _stands(form)
            ],
        }


def _initial(item: dict[str, Any]) -> dict[str, Any]:
    return item | {"allowed": item["allowed"] or ""}


def _stands(form: Any) -> bool:
    return bool(form.has_changed() or form.initial) and not form.cleaned_data.get("DELETE") and bool(form.cleaned_data)


def with_more(sent: Any, prefix: str) -> Any:
    """What was sent, with one more empty row."""
    data = sent.copy()
    name = f"{prefix}-TOTAL_FORMS"
    count = data.get(name, "0")
    data[name] = str(min(int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0, MOST_ROWS) + 1)
    return data

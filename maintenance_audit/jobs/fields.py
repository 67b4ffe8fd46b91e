"""Fields of a job's forms: equipment by its tag, a claim with its − and + buttons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from maintenance_audit.register.models import Equipment
from workflows.organisation.forms.plain import tidy
from workflows.organisation.models import Person


class EquipmentField(forms.CharField):
    """One piece of equipment by its tag, found as one types; what is not in use any more is not offered."""

    finds = True

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        self.known = Equipment.objects.none()

    def offer(self, name: str, person: Person) -> None:
        self.known = Equipment.objects.visible_to(person).active()
        self.widget.attrs |= {
            "autocomplete": "off", "hx-get": f"{reverse('find_equipment')}?field={name}", "hx-sync": "this:replace",
            "hx-trigger": "input changed delay:250ms", "hx-target": f"#found-{name}",
        }  # fmt: skip

    def clean(self, value: Any) -> Equipment | None:  # type: ignore[override]
        text = tidy(super().clean(value))
        if not text:
            return None
        found = self.known.filter(tag__iexact=text).select_related("unit").first()
        if found is None:
            raise ValidationError(_("No equipment in use has this tag. Look for a part of its tag or name."))
        return found


class Counter(forms.NumberInput):
    """A number with − and + beside it, for a thumb in a glove."""

    template_name = "jobs/counter.html"

    def __init__(self, *, measure: str, step: str) -> None:
        super().__init__({"inputmode": "decimal", "step": step, "min": "0"})
        self.measure = measure

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"measure": self.measure}


class AmountField(forms.DecimalField):
    """Money, exact to the fen."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        super().__init__(max_digits=14, decimal_places=2, widget=forms.TextInput({"inputmode": "decimal"}), **options)

    def to_python(self, value: Any) -> Any:
        """As people write it: 1,234.50 and ¥1234.5 alike."""
        return super().to_python(tidy(str(value)).replace(",", "").lstrip("¥ ") if value else value)

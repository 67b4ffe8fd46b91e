"""The register holds problems of processes, never of persons: a text that names somebody is not taken."""

from __future__ import annotations

from django.db.models import CharField, F, Value
from django.db.models.functions import StrIndex
from django.forms import ValidationError
from django.utils.translation import gettext as _

from workflows.organisation.models import Person

SHORTEST = 2  # a name of one character stands in too many words
MOST = 3


def named_in(text: str) -> list[str]:
    """Names and employee numbers of people, whoever they are, that stand in the text. One statement."""
    said = Value(text, output_field=CharField())
    people = Person.objects.annotate(by_name=StrIndex(said, F("name")), by_number=StrIndex(said, F("employee_no")))
    found = people.filter(by_name__gt=0, name__regex=r"^.{2,}$") | people.filter(by_number__gt=0)
    rows = found.order_by("name").values_list("name", "employee_no", "by_name")[:MOST]
    return [name if at else number for name, number, at in rows]


def require_nameless(text: str) -> str:
    if found := named_in(text):
        names = _(", ").join(found)
        raise ValidationError(
            _("This names somebody: %(names)s. Write the post or the step instead.") % {"names": names}
        )
    return text

"""Whom somebody names: a colleague by employee number, or by a name that only one person bears."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workflows.engine.errors import BadMove
from workflows.organisation.forms.profile import ColleagueField
from workflows.organisation.models import Person


def colleague(actor: Person, typed: str) -> Person:
    field = ColleagueField(label="", required=False)
    field.people = Person.objects.colleagues_of(actor)
    try:
        found = field.clean(typed)
    except ValidationError as error:
        raise BadMove(str(error.messages[0]), field="person") from error
    if found is None:
        raise BadMove(_("Say who."), field="person")
    return found

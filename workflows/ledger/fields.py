"""The fields of an entry's content in the reader's language. What was digested keeps its keys; the page shows both."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "actor": _("Who"),
    "by": _("Who"),
    "case": _("Case"),
    "content": _("Digest of what was decided on"),
    "data": _("More about it"),
    "for": _("On behalf of"),
    "node": _("Step, by its name in the flow"),
    "place": _("Which step of the case"),
    "reason": _("Reason"),
    "why": _("Reason"),
    "role": _("As holder of the role"),
    "verb": _("What was done"),
    "before": _("Before"),
    "after": _("After"),
    "other": _("The other person"),
    "name": _("What it is called"),
    "code": _("Unit code"),
    "kind": _("Kind"),
    "unit": _("Unit"),
    "parent": _("The unit above it"),
    "employee_no": _("Employee number"),
    "starts_at": _("Begins"),
    "ends_at": _("Ends"),
    "digest": _("Digest"),
    "number": _("Number"),
    "from": _("Taken from"),
    "to": _("Goes to"),
}


def word(key: str) -> str:
    """Its words, or nothing where the key is all there is."""
    return str(WORDS.get(key, ""))

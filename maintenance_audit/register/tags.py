"""The address of a tag, as its QR code has it: the phone's own camera opens it, a typed tag leads there, too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from maintenance_audit.register.models import Equipment
from workflows.reports import pdf

SOURCE = Path(__file__).parent / "typst" / "labels.typ"
MOST = 480  # twenty sheets
COLUMNS, ROWS = 3, 8
MOST_OF_A_PLACE = 120


def path_of(tag: str) -> str:
    """One segment, whatever the tag holds, so that the shell on the phone knows it again."""
    return reverse("tag_entry") + quote(tag, safe="")


def address_of(tag: str) -> str:
    return settings.SITE_ADDRESS.rstrip("/") + path_of(tag)


def meant(typed: str) -> str:
    """A tag as people type it from a label: full-width letters, spaces around and in it, capitals as they come."""
    return "".join(unicodedata.normalize("NFKC", typed).split())[:60]


def where(equipment: Equipment) -> str:
    """The address's words for a form that asks whose area it is and where exactly."""
    place = " ".join(part for part in (equipment.tag, equipment.name, equipment.place) if part)
    return urlencode({"place": place[:MOST_OF_A_PLACE], "unit": equipment.unit_id})


def find(tag: str) -> Equipment | None:
    """Exactly this tag, else the only one that differs in capitals alone."""
    rows = list(Equipment.objects.filter(tag__iexact=tag).select_related("unit")[:5])
    exact = next((row for row in rows if row.tag == tag), None)
    return exact or (rows[0] if len(rows) == 1 else None)


def labels(rows: Iterable[Equipment]) -> dict[str, Any]:
    """What the label sheet prints."""
    said = _("No camera? Open %(address)s and type the tag.") % {
        "address": settings.SITE_ADDRESS.rstrip("/") + reverse("tag_entry")
    }
    return {
        "labels": [{"tag": e.tag, "name": e.name, "unit": e.unit.name, "code": pdf.code(address_of(e.tag), "q")}
                   for e in rows],
        "said": said, "columns": COLUMNS, "rows": ROWS,
    }  # fmt: skip

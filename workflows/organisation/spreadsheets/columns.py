"""Which column is which, by its Chinese or English header."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from workflows.organisation.errors import Refused
from workflows.organisation.spreadsheets.cells import Cell

Known = dict[str, tuple[int, str]]


def recognised(head: list[Cell], names: Mapping[str, Iterable[str]]) -> tuple[Known, list[str]]:
    """Known columns as {key: (index, header as written)}, and the headers that are not read.

    names: key → headers, in small letters without spaces and signs.
    """
    key_of = {alias: key for key, aliases in names.items() for alias in aliases}
    known: Known = {}
    ignored: list[str] = []
    for index, cell in enumerate(head):
        header = " ".join(str("" if cell.value is None else cell.value).split())[:60]
        key = key_of.get(bare(header))
        if key is None:
            ignored += [header] if header else []
        elif key in known:
            raise Refused(_("Two columns are headed “%(header)s”.") % {"header": header}, "file")
        else:
            known[key] = (index, header)
    return known, ignored


def require(known: Known, keys: Iterable[str], spoken: Callable[[str], str]) -> None:
    missing = [spoken(key) for key in keys if key not in known]
    if missing:
        raise Refused(
            _("The first row has to name the columns. Missing: %(missing)s. Take the template.")
            % {"missing": _(", ").join(missing)},
            "file",
        )


def bare(header: str) -> str:
    folded = unicodedata.normalize("NFKC", header).casefold()
    return "".join(char for char in folded if char.isalnum())

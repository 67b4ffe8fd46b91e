"""The name a file is shown under. It never names a place on the disk."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from workflows.documents.kinds import Kind

LONGEST = 120
# Controls, and the invisible ones that turn a name round ("gpj.exe" for "exe.jpg") or split it unseen.
_INVISIBLE = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def shown_name(name: str, kind: Kind, kept_suffix: str) -> str:
    """Return `name` without folders and invisible characters, ending in the suffix of what is kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(char for char in unicodedata.normalize("NFC", last) if not _hidden(char))
    said = next((suffix for suffix in kind.suffixes if visible.lower().endswith(suffix)), "")
    stem = " ".join(visible[: len(visible) - len(said)].split()).strip(". ")
    return (stem or _("untitled"))[: LONGEST - len(kept_suffix)] + kept_suffix


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE and char not in "\t "

"""Search in Chinese by overlapping pairs of characters, for a GIN-indexed tsvector. No Django here.

`bigrams` writes a tsvector literal and `query`/`overlap` write tsquery literals, every lexeme quoted: cast them
(`::tsvector`, `::tsquery`). PostgreSQL's own text parser must not see them, it takes Han characters for blanks
in some locales.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Han with all its extensions (𠮷 is beyond the first plane), kana, and the marks written among them.
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
_LONGEST_WORD = 100


def bigrams(text: str) -> str:
    """Return the tsvector literal of a text: pairs of Han characters, the last one of each run, whole words."""
    return " ".join(_quoted(lexeme) for lexeme in sorted(lexemes(text)))


def query(text: str) -> str:
    """Return the tsquery literal that asks for all of a text; empty if there is nothing to ask for.

    A Han character alone finds every pair that begins with it, and a word every word that begins so.
    """
    wanted: list[str] = []
    for run, is_han in _runs(text):
        wanted += [_quoted(pair) for pair in _pairs(run)] if is_han and len(run) > 1 else [_quoted(run) + ":*"]
    return " & ".join(dict.fromkeys(wanted))


def overlap(text: str) -> str:
    """Return the tsquery literal that asks for any of a text's pairs and words; empty if there are none."""
    return " | ".join(_quoted(lexeme) for lexeme in sorted(lexemes(text)) if len(lexeme) > 1)


def lexemes(text: str) -> set[str]:
    found: set[str] = set()
    for run, is_han in _runs(text):
        found.update([*_pairs(run), run[-1]] if is_han else [run])
    return found


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for match in _RUNS.finditer(unicodedata.normalize("NFKC", text).casefold()):
        han = match["han"]
        yield (han, True) if han else (match["word"][:_LONGEST_WORD], False)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"

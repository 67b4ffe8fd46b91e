"""What is not translated, or not translated well: every text in code and templates against the .po files."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from config.messages import ROOT

LANGUAGE = "zh_Hans"
SOURCES = ("config", "innovation", "maintenance_audit", "workflows")
PROJECT = Path()
# Keyword → the places of its context, msgid and plural among the arguments.
KEYWORDS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TEMPLATE_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%%|%\(\w+\)[a-z]|%[a-z]|\{\w*\}")


@dataclass(frozen=True)
class Text:
    """One text in the source, by what gettext looks it up with."""

    msgid: str
    plural: str | None
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid

    def __str__(self) -> str:
        context = f" [{self.context}]" if self.context else ""
        return f"{self.msgid!r}{context} ({self.place})"


@dataclass(frozen=True)
class App:
    """A Django app's folder; the project itself has the empty path, and its locale folder serves every app."""

    folder: Path
    root: Path = ROOT

    @property
    def name(self) -> str:
        return str(self.folder) if self.folder != PROJECT else "project"

    @property
    def source(self) -> Path:
        return self.root / self.folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    @cached_property
    def catalogue(self) -> Catalog:
        if not self.source.exists():
            return Catalog()
        with self.source.open("rb") as text:
            return read_po(text)

    def translation(self, context: str | None, msgid: str) -> tuple[str, ...]:
        """The Chinese forms; empty when there is none or it is only a guess."""
        message = self.catalogue.get(msgid, context)
        if message is None or message.fuzzy:
            return ()
        forms = forms_of(message)
        return forms if all(forms) else ()


def forms_of(message: Message) -> tuple[str, ...]:
    """One form for each plural; an empty one where nothing is translated."""
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return tuple(form or "" for form in forms)


def app_of(file: Path, root: Path) -> App:
    """The nearest folder above that is an app; the project when there is none."""
    for folder in file.parents:
        if folder == root:
            break
        if (folder / "apps.py").exists():
            return App(folder.relative_to(root), root)
    return App(PROJECT, root)


def python_texts(code: str, place: str) -> Iterator[Text]:
    try:
        tree = ast.parse(code, place)
    except SyntaxError:  # ruff names it; the other files are still worth reading
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if name in KEYWORDS:
            arguments = [getattr(argument, "value", None) for argument in node.args]
            yield from _text(name, arguments, f"{place}:{node.lineno}")


def template_texts(markup: str, place: str) -> Iterator[Text]:
    code = templatize(markup, origin=place)
    for call in TEMPLATE_CALL.finditer(code):
        arguments = [ast.literal_eval(literal) for literal in re.findall(STRING, call[2])]
        yield from _text(call[1], arguments, f"{place}:{code.count(chr(10), 0, call.start()) + 1}")


def _text(keyword: str, arguments: list[object], place: str) -> Iterator[Text]:
    context, msgid, plural = (
        arguments[position] if position is not None and position < len(arguments) else None
        for position in KEYWORDS[keyword]
    )
    if isinstance(msgid, str) and msgid:
        yield Text(msgid, plural if isinstance(plural, str) else None, context and str(context), place)  # type: ignore[arg-type]


def source_files(root: Path) -> Iterator[Path]:
    for package in SOURCES:
        for pattern in ("**/*.py", "**/templates/**/*.html", "**/templates/**/*.txt"):
            yield from (file for file in sorted((root / package).glob(pattern)) if "migrations" not in file.parts)


def texts(root: Path = ROOT) -> Iterator[tuple[App, Text]]:
    apps: dict[Path, App] = {}
    for file in source_files(root):
        app = app_of(file, root)
        app = apps.setdefault(app.folder, app)
        read = python_texts if file.suffix == ".py" else template_texts
        for text in read(file.read_text("utf-8"), str(file.relative_to(root))):
            yield app, text


def catalogued_apps(root: Path = ROOT) -> list[App]:
    files = [file for package in (*SOURCES, "locale") for file in (root / package).rglob(f"{LANGUAGE}/**/django.po")]
    return [App(file.parents[3].relative_to(root), root) for file in sorted(files)]


def untranslated(root: Path = ROOT) -> list[str]:
    """Each text once for each app, at the first place where it stands."""
    project = App(PROJECT, root)
    missing: dict[tuple[str, str | None, str], Text] = {}
    for app, text in texts(root):
        if not (app.translation(*text.key) or project.translation(*text.key)):
            missing.setdefault((app.name, *text.key), text)
    return [f"{app}: {text}" for (app, *_), text in missing.items()]


def contradictions(root: Path = ROOT) -> list[str]:
    """The same English in the same context with more than one Chinese: Django would show whichever loads last."""
    said: dict[tuple[str | None, str], dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for app in catalogued_apps(root):
        for context, msgid in _entries(app.catalogue):
            if forms := app.translation(context, msgid):
                said[context, msgid][forms].append(app.name)
    return [f"{msgid!r} differs: {_ways(ways)}" for (_, msgid), ways in said.items() if len(ways) > 1]


def _ways(ways: dict[tuple[str, ...], list[str]]) -> str:
    return "; ".join(f"{' / '.join(forms)} in {', '.join(names)}" for forms, names in ways.items())


def _entries(catalogue: Catalog) -> Iterator[tuple[str | None, str]]:
    for message in catalogue:
        if message.id:
            yield message.context, message.id if isinstance(message.id, str) else message.id[0]


def placeholders(text: str) -> list[str]:
    return sorted(found for found in PLACEHOLDER.findall(text) if found != "%%")


def broken_placeholders(root: Path = ROOT) -> list[str]:
    """A singular may leave out its number ("one case"); the Chinese form stands for the plural."""
    return [
        f"{app.name}: {message.id!r} and {form!r} differ in their placeholders"
        for app in catalogued_apps(root)
        for message in app.catalogue
        if message.id
        for form in forms_of(message)
        if form and placeholders(form) != placeholders(message.id if isinstance(message.id, str) else message.id[-1])
    ]


def complaints(root: Path = ROOT) -> list[str]:
    return [*untranslated(root), *contradictions(root), *broken_placeholders(root)]

"""The pages of a rule set made from its schema: what a kind whose rules are a handful of numbers would else write.

A schema is a pydantic model whose fields are named by `Words`; a model within it is a section. Whole numbers, choices
and texts are known. A kind whose rules want more draws its own form, as the engine lets it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from workflows.engine.kinds import Clauses, Text
from workflows.organisation.forms.plain import PlainForm

LARGEST = 100_000
PLAIN = _("Times and limits")  # what stands in no section


@dataclass(frozen=True)
class Words:
    """What a field of a rules schema is called, and its choices if it has some."""

    label: Text
    choices: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True)
class _Leaf:
    """A value of the schema: its place ("grave", "hours"), its section's words and its own."""

    place: tuple[str, ...]
    section: Text
    words: Words
    info: Any

    @property
    def name(self) -> str:
        return "-".join(self.place)

    def of(self, content: Mapping[str, Any]) -> Any:
        value: Any = content
        for key in self.place:
            value = value.get(key, {}) if isinstance(value, Mapping) else {}
        return "" if value == {} else value

    def shown(self, content: Mapping[str, Any]) -> str:
        value = self.of(content)
        return str(dict(self.words.choices).get(value, value))


def rules_of(schema: type[BaseModel]) -> dict[str, Any]:
    """What `CaseKind` asks about rules, all of it; the schema's defaults are the first rules."""
    leaves = list(_leaves(schema))
    form = type("SchemaRulesForm", (_SchemaForm,), {"leaves": leaves} | {leaf.name: _field(leaf) for leaf in leaves})
    return {
        "rules_schema": schema,
        "rules_form": form,
        "clauses": lambda content: _clauses(leaves, content),
        "first_rules": schema().model_dump(mode="json"),
    }


def _leaves(schema: type[BaseModel], above: tuple[str, ...] = (), section: Text = PLAIN) -> Iterator[_Leaf]:
    for name, info in schema.model_fields.items():
        words = next((m for m in info.metadata if isinstance(m, Words)), Words(name))
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _leaves(inner, (*above, name), words.label)
        else:
            yield _Leaf((*above, name), section, words, info)


def _clauses(leaves: list[_Leaf], content: Mapping[str, Any]) -> list[Clauses]:
    sections: dict[Text, list[tuple[str, str]]] = {}
    for leaf in leaves:
        sections.setdefault(leaf.section, []).append((str(leaf.words.label), leaf.shown(content)))
    return [Clauses(title, rows) for title, rows in sections.items()]


class _SchemaForm(PlainForm):
    template = "engine/_schema_rules.html"
    leaves: list[_Leaf] = []

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        self.before = dict(initial or {})
        super().__init__(data, initial={leaf.name: leaf.of(self.before) for leaf in self.leaves})

    def content(self) -> dict[str, Any]:
        """The whole version as it will be kept."""
        made: dict[str, Any] = {}
        for leaf in self.leaves:
            inner = made
            for key in leaf.place[:-1]:
                inner = inner.setdefault(key, {})
            inner[leaf.place[-1]] = self.cleaned_data[leaf.name]
        return made

    @property
    def sections(self) -> list[dict[str, Any]]:
        found: dict[Text, list[Any]] = {}
        for leaf in self.leaves:
            found.setdefault(leaf.section, []).append(self[leaf.name])
        return [{"label": label, "fields": fields} for label, fields in found.items()]


def _field(leaf: _Leaf) -> forms.Field:
    label: Any = leaf.words.label
    if leaf.words.choices:
        return forms.ChoiceField(label=label, choices=leaf.words.choices)
    if get_origin(leaf.info.annotation) is Literal:
        return forms.ChoiceField(label=label, choices=[(value, value) for value in get_args(leaf.info.annotation)])
    if leaf.info.annotation is int:
        least = next((m.ge for m in leaf.info.metadata if isinstance(m, Ge)), 0)
        most = next((m.le for m in leaf.info.metadata if isinstance(m, Le)), LARGEST)
        return forms.IntegerField(label=label, min_value=least, max_value=most)  # type: ignore[arg-type]
    return forms.CharField(label=label, max_length=200)

"""The forms that a page shows, read as a browser would fill them in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPICAL = {"date": "2026-12-31", "number": "1", "email": "a@b.example"}


@dataclass
class PageForm:
    """A form that is sent by POST: its address, and its fields with what stands in them."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


def forms_of(html: bytes, here: str) -> list[PageForm]:
    reader = _Reader(here)
    reader.feed(html.decode())
    return [form for form in reader.forms if form.action]


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.forms, self.open = here, list[PageForm](), False
        self.select = self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = given.get("method", "").lower() == "post"
            self.forms += [PageForm(given.get("action") or self.here)] if self.open else []
        elif self.open and tag in ("input", "button") and (name := given.get("name")):
            self._put(name, given.get("value", "") or TYPICAL.get(given.get("type", ""), "文字"))
        elif self.open and tag in ("select", "textarea"):
            name = given.get("name", "")
            self.select, self.text = (name, "") if tag == "select" else ("", name)
            self._put(name, "" if tag == "select" else "文字")
        elif self.select and tag == "option" and ("selected" in given or not self.forms[-1].fields[self.select]):
            self._put(self.select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False
        elif tag in ("select", "textarea"):
            self.select = self.text = ""

    def handle_data(self, data: str) -> None:
        if self.open and self.text and data.strip():
            self._put(self.text, data)

    def _put(self, name: str, value: str) -> None:
        if name:
            self.forms[-1].fields[name] = value

"""A sheet on paper: the font draws all that we say, and what it cannot draw is printed as its number."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader

from config.messages import catalogues
from workflows.reports import pdf


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def printed(tmp_path: Path, said: str) -> str:
    source = tmp_path / "one.typ"
    source.write_text("#data.said")
    return "".join(text_of(pdf.printed(source, {"said": said})).split()).removesuffix("1/1")  # the page's number


def test_the_font_draws_every_character_of_our_words() -> None:
    said = set()
    for path in catalogues():
        with path.open("rb") as file:
            for message in read_po(file):
                said |= set(str(message.string))
    assert len(said) > 500 and sorted(c for c in said if c.isprintable() and ord(c) not in pdf.drawable()) == []


@pytest.mark.parametrize("word", ["铜锍冰铜闪速炉", "锍 铼 № ≥ ¥1,111.11 − ÷ …", "乙班 · 5/9"])
def test_what_a_smelter_writes_is_drawn(tmp_path: Path, word: str) -> None:
    assert printed(tmp_path, word) == "".join(word.split())


def test_what_the_font_lacks_is_printed_as_its_number_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert "赵[U+20BB7]" in printed(tmp_path, "赵𠮷")
    assert "U+20BB7" in caplog.text


def test_data_is_never_executed(tmp_path: Path) -> None:
    said = '#read("/etc/passwd") #{1+1} $x$ *b* \\ "quoted"'
    assert printed(tmp_path, said) == "".join(said.split())


def test_a_code_carries_no_script_and_no_style() -> None:
    made = pdf.code("http://plant.example/awards/PJ-2611-0001/publicity/")
    assert made.startswith("<svg") and "style" not in made and "script" not in made

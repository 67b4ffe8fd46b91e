"""Two characters find a case, whatever they are."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine.bigrams import bigrams, lexemes, overlap, query


def found(text: str, asked: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [bigrams(text), query(asked)])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "asked", "answer"),
    [
        ("炉前铜锍溜槽快换卡具", "溜槽", True),
        ("炉前铜锍溜槽快换卡具", "铜锍溜槽", True),
        ("炉前铜锍溜槽快换卡具", "溜卡", False),
        ("炉前铜锍溜槽快换卡具", "溜", True),
        ("炉前铜锍溜槽快换卡具", "具", True),
        ("炉前铜锍溜槽快换卡具", "卡具 炉前", True),
        ("𠮷字号锅炉", "𠮷字", True),
        ("铼酸铵回收", "铼酸", True),
        ("TA-2611-0061 泵 P-301B 改型", "p-301b", True),
        ("TA-2611-0061 泵 P-301B 改型", "ta-2611", True),
        ("TA-2611-0061 泵 P-301B 改型", "TA-2612", False),
        ("it's o'clock \\ '' :* & | !", "o'clock", True),
        ("ＰＨ值", "ph", True),
    ],
)
def test_what_is_found(text, asked, answer):
    assert found(text, asked) is answer


def test_nothing_to_ask_for():
    assert query("  ！？…") == "" == overlap("-") == bigrams("")


@pytest.mark.django_db
def test_any_pair_overlaps():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [bigrams("溜槽耐火料整体预制"), overlap("快换溜槽")])
        assert cursor.fetchone()[0]


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_part_of_a_run_is_indexed(left, right):
    run = "溜槽" + "".join(c for c in left if "\u4e00" <= c <= "\u9fff")
    assert {run[i : i + 2] for i in range(len(run) - 1)} <= lexemes(f"{right} {run} {right}")

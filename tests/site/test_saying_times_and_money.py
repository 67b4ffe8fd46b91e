"""Numbers, dates and clocks as the design's §7 says them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.utils.translation import override

from workflows.ledger.clock import injected
from workflows.site import moments

# Wednesday 18 November 2026, 10:00 in the plant.
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    from django.utils.timezone import get_default_timezone

    return datetime(year, month, day, hour, minute, tzinfo=get_default_timezone())


def rendered(source: str, **context: object) -> str:
    with injected(NOW):
        return engines["django"].from_string("{% load i18n %}" + source).render(context)


@pytest.mark.parametrize(
    ("moment", "chinese", "english"),
    [
        (at(18, 15, 10), "今天 15:10", "today 15:10"),
        (at(17, 16, 42), "昨天 16:42", "yesterday 16:42"),
        (at(3, 8, 0), "11月3日", "3 Nov 2026"),
        (at(3, 8, 0, year=2025), "2025年11月3日", "3 Nov 2025"),
        (date(2026, 12, 1), "12月1日", "1 Dec 2026"),
    ],
)
def test_a_moment_is_said_in_plant_time(moment: datetime, chinese: str, english: str) -> None:
    with injected(NOW):
        with override("zh-hans"):
            assert moments.when_words(moment) == chinese
        with override("en"):
            assert moments.when_words(moment) == english


def test_a_deadline_reads_before() -> None:
    with override("zh-hans"):
        assert "11月19日 17:30 前</time>" in rendered("{{ d|due }}", d=at(19, 17, 30))
        assert "今天 15:10 前</time>" in rendered("{{ d|due }}", d=at(18, 15, 10))


def test_the_machine_reads_the_offset_too() -> None:
    assert 'datetime="2026-11-18T15:10:00+08:00"' in rendered("{{ d|when }}", d=at(18, 15, 10))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("1111.11"), "¥1,111.11"),
        (Decimal("0"), "¥0.00"),
        (Decimal("-20.5"), "−¥20.50"),
        (Decimal("99999999.99"), "¥99,999,999.99"),
        (None, "—"),
    ],
)
def test_money_has_two_decimals_and_a_true_minus(amount: Decimal | None, words: str) -> None:
    assert rendered("{{ a|money }}", a=amount) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "state", "words"),
    [
        (at(18, 14, 30), "soon", "剩 3 工时"),  # 10–12 and 13:30–14:30
        (at(19, 17, 30), "waiting", "剩 14 工时"),
        (at(24, 10, 0), "waiting", "剩 4 工作日"),
        (at(17, 17, 30), "late", "逾期 2 工时"),
        (at(18, 9, 30), "late", "逾期不到 1 工时"),
        (at(10, 10, 0), "late", "逾期 6 工作日"),
    ],
)
def test_the_clock_counts_working_hours(due: datetime, state: str, words: str) -> None:
    with override("zh-hans"):
        html = rendered("{% clock_chip d %}", d=due)
    assert f'data-s="{state}"' in html
    assert words in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "state", "words", "english"),
    [
        (at(18, 23, 59), "waiting", "今天到期", "due today"),
        (at(21, 23, 59), "waiting", "剩 3 天", "3 days left"),  # a Saturday counts as any day
        (at(17, 23, 59), "late", "逾期 1 天", "1 day overdue"),
        (at(8, 23, 59), "late", "逾期 10 天", "10 days overdue"),
    ],
)
def test_what_is_due_by_a_day_counts_days_of_the_calendar(due: datetime, state: str, words: str, english: str) -> None:
    for language, said in (("zh-hans", words), ("en", english)):
        with override(language):
            html = rendered("{% clock_chip d by_days=True %}", d=due)
        assert f'data-s="{state}"' in html and said in html


@pytest.mark.django_db
def test_a_stopped_clock_and_a_closed_one_are_not_coloured() -> None:
    with override("zh-hans"):
        assert "钟已停" in rendered("{% clock_chip d held=True %}", d=at(17, 9))
        done = rendered("{% clock_chip d closed=c %}", d=at(18, 14), c=at(18, 9))
    assert 'data-s="none"' in done
    assert "按时" in done


def test_a_substitute_stands_behind_the_one_who_acts() -> None:
    with override("zh-hans"):
        html = rendered('{% person "高焰" behalf="梁衡" %}')
    assert "代理：高焰 代 梁衡 办理" in html
    assert html.index("高焰") < html.index("梁衡")


def test_names_cannot_smuggle_markup() -> None:
    html = rendered("{% person n role=n %}{% chip 'none' n %}{% empty 'inbox' n n %}", n="<b>x</b>")
    assert "<b>" not in html


def test_a_ledger_badge_shortens_the_digest() -> None:
    html = rendered('{% ledger_badge "case:1" 7 d %}', d="3fa9" + "0" * 56 + "1e04")
    assert "#7 3fa9…1e04" in html

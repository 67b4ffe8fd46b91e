"""Contractors over months: each number by hand, its rows behind it, its interval; one's own and nobody else's."""

from __future__ import annotations

import html
import re
from fractions import Fraction
from io import BytesIO
from math import sqrt

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from maintenance_audit.measures import intervals, score, scorecard
from maintenance_audit.measures.card import cards
from maintenance_audit.measures.rules import RULES
from tests.case_story import hand_in_and_publish
from tests.measures import by_hand
from tests.measures.years import Years
from workflows.engine import rulebook
from workflows.organisation.models import Person, Posting
from workflows.reports.cockpit.look import Look
from workflows.reports.process.pictures import Picture

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a href="(/scorecards/\d+/rows/[^"]*)">([^<]*)</a>')


def look(years: Years, **asked: str) -> Look:
    return Look.of(Person.objects.get(pk=years.plant.extra["lead"].pk), {"length": "36"} | asked)


def own_person(years: Years) -> Person:
    """Somebody of the first firm."""
    firm, person = years.firms[0], years.plant.contractor_person
    Posting.objects.filter(person=person).update(unit=firm)
    Person.objects.filter(pk=person.pk).update(unit=firm)
    return Person.objects.get(pk=person.pk)


def test_the_score_is_what_plain_python_makes_of_the_rows(years: Years) -> None:
    counted = by_hand.counted()
    found = cards(look(years), years.firms)
    assert len(found) == 4
    for card in found:

        def of(name: str, firm: int = card.firm.pk) -> Fraction:
            return Fraction(sum(v for k, v in counted.items() if k[2:] == (firm, name)))

        grave = of("minor") + 3 * of("major") + 10 * of("critical")
        shares = [(40, of("bad_claims"), of("claims")), (20, grave, 3 * of("checked")),
                  (20, of("repeats"), of("jobs")), (20, of("late_jobs"), of("planned"))]  # fmt: skip
        kept = [(w, min(Fraction(1), bad / whole)) for w, bad, whole in shares if whole]
        expected = sum(100 * w * (1 - share) for w, share in kept) / sum(w for w, _s in kept)
        assert card.score == expected, card.firm.name
        assert card.rate == (
            f"{intervals.percent(float(of('bad_claims') / of('claims')))}%" if of("claims") else "没有数据"
        )


def test_each_number_of_a_card_leads_to_exactly_so_many_rows(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    for firm in (years.firms[0], years.firms[-1]):
        text = client.get(reverse("scorecard", args=[firm.pk]), {"length": "36"}).content.decode()
        links = {html.unescape(link): words.replace(",", "") for link, words in LINK.findall(text)}
        counts = {link: words for link, words in links.items() if words.isdigit()}
        assert counts
        for link, words in list(counts.items())[:: max(1, len(counts) // 30)]:
            assert client.get(link).context["page"].paginator.count == int(words), link


def test_a_contractor_with_one_job_is_shown_and_not_compared(years: Years) -> None:
    client, firm = years.plant.client(years.plant.extra["lead"]), years.plant.contractor
    text = client.get(reverse("scorecard", args=[firm.pk]), {"length": "36"}).content.decode()
    assert "太少，不作比较" in text
    (card,) = cards(look(years), [firm])
    assert card.number("jobs") == 1 and card.few
    table = client.get(reverse("scorecards"), {"length": "36"}).context["shown"].rows
    assert table[-1][0].words == firm.name and table[-1][4].words == "太少，不作比较"


def test_a_contractor_without_anything_has_no_data_and_no_division(years: Years) -> None:
    client, firm = years.plant.client(years.plant.extra["lead"]), years.plant.contractor
    answer = client.get(reverse("scorecard", args=[firm.pk]), {"length": "1"})
    assert answer.status_code == 200 and "没有数据" in answer.content.decode()
    (card,) = cards(look(years, length="1"), [firm])
    assert card.score is None and card.interval == ""


def test_the_strip_begins_with_the_first_lot_and_its_words_fit(years: Years) -> None:
    card = cards(look(years), [years.firms[0]])[0]
    lots = card.behind.lots().order_by("month")
    months = card.look.months[card.look.months.index(lots[0].month) :]
    for language, most in (("zh-hans", "不接收"), ("en", "Not accepted")):
        with override(language):
            picture = scorecard.strictness(card).picture
        assert picture is not None and picture.rects[0].x == 0 and len(picture.rects) == len(lots)
        assert all(rect.width > 7 * len(most) for rect in picture.rects)
        assert picture.width == (picture.rects[0].width + 2) * len(months)
        assert sum(text.text == "—" for text in picture.texts) == len(months) - len(lots)


def test_a_strip_of_some_months_is_scrolled_and_not_squeezed() -> None:
    assert Picture(11 * scorecard.CELL, 60, "").wide and not Picture(440, 60, "").wide


def test_a_contractors_people_see_their_own_and_nobody_elses(years: Years) -> None:
    person = own_person(years)
    client, firm, other = years.plant.client(person), years.firms[0], years.firms[1]
    answer = client.get(reverse("scorecards"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("scorecard", args=[firm.pk])
    text = client.get(reverse("scorecard", args=[firm.pk]), {"length": "36"}).content.decode()
    assert firm.name in text and other.name not in text
    for name in ("scorecard", "scorecard_rows", "scorecard_sheet", "scorecard_rows_sheet"):
        assert client.get(reverse(name, args=[other.pk]), {"what": "jobs"}).status_code == 404, name
    assert client.get(reverse("scorecards_sheet")).status_code == 404
    links = {html.unescape(link): words for link, words in LINK.findall(text) if words.isdigit()}
    for link, words in list(links.items())[::12]:
        assert client.get(link).context["page"].paginator.count == int(words), link


def test_who_oversees_nothing_gets_no_scorecard(years: Years) -> None:
    client = years.plant.client(years.plant.stranger)
    assert client.get(reverse("scorecards")).status_code == 404
    assert client.get(reverse("scorecard", args=[years.firms[0].pk])).status_code == 404
    assert years.plant.client(years.plant.observer).get(reverse("scorecards")).status_code == 200


def test_cards_cost_the_same_for_a_month_and_for_three_years(years: Years) -> None:
    client = years.plant.client(years.plant.extra["lead"])
    for name, args in (("scorecards", []), ("scorecard", [years.firms[0].pk])):
        taken = set()
        for length in ("3", "12", "36"):
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(name, args=args), {"length": length})
            taken.add(len(asked))
        assert len(taken) == 1 and max(taken) <= 22, (name, taken)


def test_three_years_of_figures_are_one_query_for_few_jobs_and_for_ten_times_as_many(years: Years) -> None:
    """Counted beforehand or counted live; what is besides it says which months were counted, and the rules."""

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as told:
            made = cards(look(years), years.firms)
            assert sum(card.number("jobs") for card in made) >= len(years.jobs) / 2
        return [one["sql"] for one in told if "reports_counted " in one["sql"] or "jobs_job" in one["sql"]]

    assert len(asked()) == 1
    many = """
        INSERT INTO jobs_job (number, source, title, scope, workshop_id, section_id, equipment_id, contractor_id, state,
            gate_evidenced, hidden_work, completed_at, accepted_on, refusals, hours, cancelled_why, received_at)
        SELECT number || '-' || n, source, title, scope, workshop_id, section_id, equipment_id, contractor_id, state,
            gate_evidenced, hidden_work, completed_at, accepted_on, refusals, hours, cancelled_why, received_at
        FROM jobs_job, generate_series(1, 9) n WHERE state <> 'cancelled'"""
    with connection.cursor() as cursor:
        cursor.execute(many)  # and now every month of them is stale, so that all are counted live
        assert cursor.rowcount > 3000
    assert len(asked()) == 1


def test_a_card_is_taken_along_as_a_spreadsheet(years: Years) -> None:
    client = years.plant.client(years.plant.observer)
    answer = client.get(reverse("scorecard_sheet", args=[years.firms[0].pk]), {"length": "36"})
    book = openpyxl.load_workbook(BytesIO(answer.content), read_only=True)
    assert len(book.worksheets) == 7 and book.worksheets[0].title == "lots"
    whole = client.get(reverse("scorecards_sheet"), {"length": "36"})
    rows = list(openpyxl.load_workbook(BytesIO(whole.content), read_only=True).worksheets[0].values)
    assert {row[0] for row in rows[1:]} == {firm.name for firm in years.firms}
    assert rows[0][:4] == ("外委单位", "不符合率", "95% 区间", "得分"), "what is compared comes first"
    assert "说明" in rows[0]  # one has too few
    rest = scorecard.table([card for card in cards(look(years), years.firms) if not card.few])
    assert rest.rows and "说明" not in rest.head and {len(row) for row in rest.rows} == {len(rest.head)}


def test_what_is_withdrawn_is_drawn_in_grey_and_what_is_done_in_green(years: Years) -> None:
    keys = dict(scorecard.findings(cards(look(years), [years.firms[0]])[0]).keys)
    assert [keys["k3"], keys["k2"], keys["k4"]] == ["已关闭", "在办", "撤销"]


def test_the_weights_are_rules_that_two_people_publish(years: Years) -> None:
    plant = years.plant
    content = dict(RULES.first_rules) | {"claims": 100, "severity": 0, "repeats": 0, "lateness": 0}
    version = rulebook.draft(
        actor=plant.drafter, kind="scorecard", unit=plant.workshop, content=content, note="只看申报"
    )
    hand_in_and_publish(plant, version)
    card = cards(look(years), [years.firms[0]])[0]
    assert card.score == 100 * (1 - card.of("bad_claims") / card.of("claims"))
    page = plant.client(plant.drafter).get(reverse("rule_draft"), {"kind": "scorecard"})
    assert page.status_code == 200 and "权重：申报符合" in page.content.decode()
    typed = {f.html_name: f.value() or 0 for f in page.context["form"]} | {"claims": "0", "severity": "0", "note": "无"}
    typed |= {"repeats": "0", "lateness": "0"}
    assert plant.client(plant.drafter).post(reverse("rule_draft") + "?kind=scorecard", typed).status_code == 422


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilsons_interval_holds_the_share_and_solves_its_equation(k: int, n: int) -> None:
    """The bounds are the shares p from which k of n lies exactly z standard errors away."""
    k = min(k, n)
    found = intervals.wilson(k, n)
    assert found is not None and 0 <= found[0] <= k / n <= found[1] <= 1
    for p in found:
        if 0 < p < 1:
            assert abs(abs(k / n - p) - intervals.Z95 * sqrt(p * (1 - p) / n)) < 1e-9


def test_wilson_as_the_books_say() -> None:
    assert intervals.words(9, 96) == "5.0–16.9%" and intervals.words(3, 72) == "1.4–11.5%"
    assert intervals.wilson(0, 0) is None and intervals.words(0, 10) == "0.0–27.8%"


def test_a_part_without_anything_is_left_out_of_the_score() -> None:
    parts = [score.Part("a", 40, Fraction(1), Fraction(4)), score.Part("b", 60, Fraction(0), Fraction(0))]
    assert score.score(parts) == 75 and score.points(parts[1], parts) is None
    assert score.score([parts[1]]) is None and score.shown(None) == "" and score.shown(Fraction(2, 3)) == "0.7"
    assert score.score([score.Part("a", 1, Fraction(9), Fraction(2))]) == 0  # a share above one counts as one

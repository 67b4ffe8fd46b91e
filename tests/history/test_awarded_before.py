"""What came in from earlier times is no candidate again, and is shown to whoever files or reviews the like."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from innovation.awards.models import AwardRound, Candidate
from innovation.history import queries
from innovation.history.models import PastAward
from tests.awards.award_story import AwardStory
from tests.history.story import HistoryStory, award, page, xlsx
from tests.plant import Plant
from workflows.engine.models import Case
from workflows.ledger.models import Entry
from workflows.organisation.models import Unit, UnitKind


class BothStories(HistoryStory):
    def __post_init__(self) -> None:
        self.awards = AwardStory(self.plant)
        self.officer = self.awards.officer
        self.awards.begin()


@pytest.fixture
def both(plant: Plant) -> BothStories:
    return BothStories(plant)


def out_of(round: AwardRound, case: Case) -> str:
    return Candidate.objects.get(round=round, proposal__case=case).out


def link(both: BothStories, number: str, by=None):
    address = reverse("link_past_award", args=[PastAward.objects.get().pk])
    return both.plant.client(by or both.officer).post(address, {"number": number})


def test_a_proposal_of_an_imported_awards_number_is_out_and_says_why(both: BothStories) -> None:
    before, fresh = both.awards.implemented(), both.awards.implemented("渣口冷却水套改铜件")
    looked_at = both.upload(xlsx([award(number=before.number)]))
    assert f"提案 {before.number} 将算作已获奖" in page(looked_at)
    both.confirm(looked_at)
    round = both.awards.open()
    assert (out_of(round, before), out_of(round, fresh)) == ("earlier", "")


def test_a_proposal_that_the_officer_linked_is_out(both: BothStories) -> None:
    before = both.awards.implemented()
    both.bring_in(xlsx([award()]))
    assert link(both, before.number.lower()).status_code == 302
    assert PastAward.objects.get().linked_by == both.officer
    shown = page(both.plant.client(both.officer).get(reverse("past_award", args=[PastAward.objects.get().pk])))
    assert before.number in shown and "它算作已获奖，不再参评" in shown
    assert out_of(both.awards.open(), before) == "earlier"
    assert Entry.objects.filter(event="history.linked").count() == 1


def test_a_link_is_taken_away_again(both: BothStories) -> None:
    before = both.awards.implemented()
    both.bring_in(xlsx([award()]))
    link(both, before.number)
    link(both, before.number)
    link(both, "")
    assert out_of(both.awards.open(), before) == ""
    events = list(Entry.objects.filter(event__startswith="history.").order_by("pk").values_list("event", flat=True))
    assert events == ["history.imported", "history.linked", "history.unlinked"]


def test_an_unknown_number_is_refused_at_the_field(both: BothStories) -> None:
    both.bring_in(xlsx([award()]))
    answer = link(both, "TA-9999-0001")
    assert answer.status_code == 422 and "熔炼车间没有提案 TA-9999-0001。" in page(answer)
    assert 'value="TA-9999-0001"' in page(answer)


def test_nobody_else_links(both: BothStories) -> None:
    before = both.awards.implemented()
    both.bring_in(xlsx([award()]))
    assert link(both, before.number, by=both.plant.author).status_code == 403
    other = Unit.objects.create(code="DJ", name="电解车间", kind=UnitKind.WORKSHOP, parent=both.plant.company)
    both.plant.hold(both.plant.stranger, "innovation_officer", other)
    assert link(both, before.number, by=both.plant.stranger).status_code == 403
    assert PastAward.objects.get().proposal is None


def test_another_workshops_file_says_nothing_of_ours(both: BothStories) -> None:
    before = both.awards.implemented()
    other = Unit.objects.create(code="DJ", name="电解车间", kind=UnitKind.WORKSHOP, parent=both.plant.company)
    both.bring_in(xlsx([award()]))
    PastAward.objects.update(workshop=other, number=before.number)
    assert out_of(both.awards.open(), before) == ""


def test_whoever_files_or_reviews_the_like_sees_it(both: BothStories) -> None:
    both.bring_in(xlsx([award()]))
    filing = page(both.plant.client(both.plant.author).get("/proposals/duplicates/?title=浸出槽搅拌加导流筒"))
    assert "浸出槽搅拌桨加导流筒" in filing and "二等奖，2024-03，导入的历史" in filing
    assert reverse("past_award", args=[PastAward.objects.get().pk]) in filing
    like = both.awards.implemented("浸出槽搅拌桨加导流筒试验")
    seen = page(both.plant.client(both.plant.team_leader).get(reverse("case_duplicates", args=[like.number])))
    assert "HJ-2024-018" in seen
    outside = both.plant.client(both.plant.contractor_person)
    assert "浸出槽" not in page(outside.get("/proposals/duplicates/?title=浸出槽搅拌加导流筒"))


def test_history_is_no_award_of_this_product(both: BothStories) -> None:
    both.bring_in(xlsx([award()]))
    assert not Candidate.objects.exists() and not Case.objects.exists()
    assert queries.past_awards(both.plant.workshop).get().month == date(2024, 3, 1)


def test_the_figures_of_awards_show_it_apart(both: BothStories) -> None:
    both.bring_in(xlsx([award()]))
    seen = page(both.plant.client(both.plant.stranger).get(reverse("awards_seen")))
    assert "¥186,000.00" in seen and "2024" in seen and reverse("past_awards") in seen
    outside = page(both.plant.client(both.plant.contractor_person).get(reverse("awards_seen")))
    assert "¥186,000.00" not in outside

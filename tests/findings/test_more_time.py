"""Whoever puts a finding right asks once for more time, before the day; whoever ordered it grants a day or refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from maintenance_audit.findings import extending, ladder
from maintenance_audit.findings.models import Extension, Finding
from tests.api.caller import Caller
from tests.findings.story import FindingStory
from workflows.engine import clocks
from workflows.engine.models import WorkItem
from workflows.ledger.clock import injected, now
from workflows.ledger.models import Entry
from workflows.organisation.models import Person, RoleHolding

pytestmark = pytest.mark.django_db
REASON = "原厂件后天才到货。"


def ask(story: FindingStory, person: Person | None = None, **changes: Any) -> Any:
    typed = {"reason": REASON, "wanted": story.day(5)} | changes
    return story.plant.client(person or story.firm).post(reverse("finding_extension", args=[story.case.number]), typed)


def answer(story: FindingStory, person: Person | None = None, **changes: Any) -> Any:
    typed = {"grant": "yes", "until": story.day(5), "words": "到货单看过，属实。"} | changes
    url = reverse("finding_extension_answer", args=[story.case.number])
    return story.plant.client(person or story.who("lead")).post(url, typed)


def asked(story: FindingStory) -> Extension:
    return Extension.objects.get(finding__case=story.case)


def events(story: FindingStory) -> list[str]:
    found = Entry.objects.filter(chain__subject=f"case:{story.case.pk}", event__contains="exten")
    return [event.rpartition(".")[2] for event in found.order_by("seq").values_list("event", flat=True)]


def waiting(story: FindingStory) -> list[str]:
    """What the list leaves of those that wait for an answer."""
    rows = story.plant.client(story.who("lead")).get(reverse("finding_list"), {"state": "asked"}).context["rows"]
    assert all(row.finding.waits for row in rows)
    return [row.finding.case.number for row in rows]


def test_asked_granted_and_the_clock_moves(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    before = story.row.rectify_by
    assert "申请延期" in story.page(story.firm) and "申请延期" not in story.page(story.who("lead"))
    assert ask(story).status_code == 302
    assert story.told("extension_asked") == {"程督"} and REASON in story.page(story.who("lead"))
    assert story.row.rectify_by == before  # until it is answered the ordered day stays
    assert waiting(story) == [story.case.number]
    assert answer(story).status_code == 302
    assert waiting(story) == []
    row, step = story.row, story.step()
    assert row.rectify_by == date.fromisoformat(story.day(5)) and row.rectify_by > before  # type: ignore[operator]
    assert timezone.localdate(step.due_at) == row.rectify_by and step.rings_at == step.remind_at
    assert WorkItem.objects.get(step=step, state="open").due_at == step.due_at
    assert story.firm.name in story.told("extension_granted") and events(story) == ["extension_asked", "extended"]
    page = story.page(story.firm)
    assert "到货单看过，属实。" in page and "已同意延期" in page
    with injected(story.at_noon(before + timedelta(days=1))):  # type: ignore[operator]
        clocks.turn()
        assert not ladder.turn() and not Finding.objects.overdue() and story.step().late_at is None
        story.rectify()
        assert story.at() == "recheck"


def test_refused_the_ordered_day_stays(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    before, due = story.row.rectify_by, story.step().due_at
    ask(story)
    assert answer(story, grant="no", until="", words="").status_code == 422
    assert answer(story, grant="no", until="", words="备件库里有。").status_code == 302
    assert (story.row.rectify_by, story.step().due_at) == (before, due)
    assert asked(story).granted is False and events(story) == ["extension_asked", "extension_refused"]
    assert story.firm.name in story.told("extension_refused")
    again = ask(story, reason="再申请一次")
    assert again.status_code == 422 and "再申请一次" in again.content.decode()
    assert answer(story, words="又改主意").status_code == 422 and asked(story).granted is False


def test_who_is_late_asks_no_more_but_one_asked_in_time_is_answered_after(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    day = story.row.rectify_by
    with injected(story.at_noon(day + timedelta(days=1))):  # type: ignore[operator]
        refused = ask(story)
        assert refused.status_code == 422 and REASON in refused.content.decode() and not Extension.objects.exists()
        assert "申请延期" not in story.page(story.firm)
        page = story.plant.client(story.firm).get(reverse("finding_extension", args=[story.case.number]))
        assert (
            page.status_code == 200
            and "已过整改期限" in page.content.decode()
            and 'name="wanted"' not in page.content.decode()
        )
    ask(story, wanted=(day + timedelta(days=3)).isoformat())  # type: ignore[operator]
    with injected(story.at_noon(day + timedelta(days=2))):  # type: ignore[operator]
        clocks.turn()
        ladder.turn()
        assert story.step().late_at and Finding.objects.overdue().exists()
        assert answer(story, until=(day + timedelta(days=1)).isoformat()).status_code == 422  # type: ignore[operator]
        assert answer(story, until=(day + timedelta(days=4)).isoformat()).status_code == 302  # type: ignore[operator]
        assert story.step().late_at is None and not Finding.objects.overdue().exists()
    with injected(story.at_noon(day + timedelta(days=6))):  # type: ignore[operator]
        clocks.turn()
        assert story.step().late_at and ladder.turn() and not ladder.turn()
    assert list(story.row.told.filter(what="section").values_list("round", flat=True)) == [0, 1]  # type: ignore[attr-defined]


@pytest.mark.parametrize("wanted", ["", "x", "2020-01-01", "2099-01-01"])
def test_a_day_that_does_not_do_is_named_at_its_field(story: FindingStory, wanted: str) -> None:
    story.walked_to_rectification("minor")
    refused = ask(story, wanted=wanted)
    assert refused.status_code == 422 and refused.context["form"].errors["wanted"]
    assert REASON in refused.content.decode() and not Extension.objects.exists()


def test_nobody_else_asks_or_answers(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    assert answer(story).status_code == 404
    for person in (story.who("other_firm_person"), story.who("lead"), story.plant.stranger):
        assert ask(story, person).status_code == 404
    assert ask(story, story.who("colleague")).status_code == 422  # of the firm, and not in their hands
    assert not Extension.objects.exists()
    ask(story)
    for person in (story.firm, story.who("planner"), story.plant.stranger, story.who("other_firm_person")):
        assert answer(story, person).status_code == 404
    assert asked(story).granted is None


def test_the_orderer_has_left_and_another_lead_answers(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    ask(story)
    RoleHolding.objects.filter(person=story.who("lead"), role="audit_lead").update(ends_at=now())
    story.plant.hold(story.who("second_top"), "audit_lead", story.plant.workshop)
    assert answer(story).status_code == 404
    assert answer(story, story.who("second_top")).status_code == 302 and asked(story).granted


def test_what_was_handed_in_or_is_held_is_not_extended(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    ask(story)
    story.rectify()
    assert waiting(story) == []
    assert answer(story).status_code == 422 and asked(story).granted is None
    story.fails(story.who("checker"))
    assert story.at() == "rectification" and story.step() and extending.of_round(story.row) is None
    assert ask(story, wanted=(story.row.rectify_by + timedelta(days=1)).isoformat()).status_code == 302  # a new round
    assert Extension.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(round=1).update(granted=True)


def test_by_api(story: FindingStory) -> None:
    story.walked_to_rectification("minor")
    path = f"/api/findings/{story.case.number}/extension"
    firm, lead = Caller.of(story.firm), Caller.of(story.who("lead"))
    assert Caller.of(story.who("other_firm_person")).post(path, reason=REASON, wanted=story.day(5)).status_code == 404
    assert lead.post(path, reason=REASON, wanted=story.day(5)).status_code == 403
    assert firm.post(path, reason=REASON, wanted=story.day(400)).json()["field"] == "wanted"
    for _twice in range(2):
        made = firm.post(path, reason=REASON, wanted=story.day(5))
        assert made.status_code == 200 and made.json()["granted"] is None
    assert firm.post(f"{path}/answer", granted=True, words="同意", until=story.day(5)).status_code == 403
    assert lead.post(f"{path}/answer", granted=True, words="同意").json()["field"] == "until"
    for _twice in range(2):
        given = lead.post(f"{path}/answer", granted=True, words="同意", until=story.day(5))
        assert given.status_code == 200 and given.json()["until"] == story.day(5)
    assert lead.post(f"{path}/answer", granted=False, words="算了").status_code == 400
    other = lead.post(f"{path}/answer", granted=True, words="同意", until=story.day(6))
    assert other.status_code == 400, "another day is another answer"
    assert story.row.rectify_by == date.fromisoformat(story.day(5)) and events(story) == ["extension_asked", "extended"]

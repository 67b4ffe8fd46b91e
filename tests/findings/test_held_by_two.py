"""Two findings hold one settlement: whoever releases one sees the other, and nobody is told that it is free before."""

from __future__ import annotations

import pytest
from django.urls import reverse

from maintenance_audit.findings import opening
from maintenance_audit.jobs import holds
from maintenance_audit.lots.models import DrawnJob
from tests.findings.story import FindingStory, claim, ruling
from workflows.engine.models import Case
from workflows.notices.models import Outbox

pytestmark = pytest.mark.django_db


def another(story: FindingStory) -> Case:
    """A second critical one of the same job."""
    drawn_job = DrawnJob.objects.get(lot_job__job=story.job)
    found = opening.open_for(ruling(drawn_job, claim(story.job, "depth", kind="other"), severity="critical"))
    assert found is not None
    return found.case


def heard(event: str) -> int:
    return Outbox.objects.filter(event=f"maintenance_audit.settlement.{event}").count()


def test_the_approver_sees_what_else_holds_it_and_nobody_hears_that_it_is_free(story: FindingStory) -> None:
    story.walked_to_release()
    other = another(story)
    story.act(story.who("planner"), "complete", reason="整改已验收。")
    reviewer = story.plant.reviewers[0]
    for url in (story.address(reviewer), reverse("finding", args=[story.case.number])):
        page = story.page(reviewer, url)
        assert "本项解除后，结算仍因以下事项暂停" in page and other.number in page
    page = story.page(reviewer, story.address(reviewer))
    assert "同意，解除本项" in page and "同意，恢复结算" not in page
    story.act(reviewer, "approve", reason="同意。")
    (hold,) = story.holds()
    assert hold.reference == other.number and story.at() == "closed:closed"
    assert heard("released") == 0 and heard("held_still") > 0
    assert story.told("held_still") and not story.told("released")

    first, story.case = story.case, other
    story.reply()
    story.withdraw()
    assert not story.holds() and heard("released") > 0 and story.told("released")
    assert "结算仍因" not in story.page(reviewer, reverse("finding", args=[first.number]))


def test_alone_it_says_nothing_of_others(story: FindingStory) -> None:
    story.walked_to_release()
    story.act(story.who("planner"), "complete", reason="整改已验收。")
    page = story.page(story.plant.reviewers[0], story.address(story.plant.reviewers[0]))
    assert "结算仍因" not in page and "同意，恢复结算" in page
    story.act(story.plant.reviewers[0], "approve", reason="同意。")
    assert heard("held_still") == 0 and heard("released") > 0


def test_many_let_go_of_which_one_is_held_besides(story: FindingStory) -> None:
    story.found("critical")
    held = story.job
    story.found()
    free = story.job
    holds.place([held.pk, free.pk], cause="lot", reference="PC-2611-0009", reason="批次抽检中")
    assert holds.release([held.pk, free.pk], why="批次已接收", references=["PC-2611-0009"]) == 2
    told = {row.event: row.context["number"] for row in Outbox.objects.filter(event__contains="settlement.")
            if "held_still" in row.event or "released" in row.event}  # fmt: skip
    assert told == {
        "maintenance_audit.settlement.held_still": held.number,
        "maintenance_audit.settlement.released": free.number,
    }


def test_whoever_asks_again_reads_why_the_last_request_was_refused(story: FindingStory) -> None:
    story.walked_to_release()
    planner = story.who("planner")
    assert "未批准上次申请" not in story.page(planner, story.address(planner))
    story.act(planner, "complete", reason="请恢复结算。")
    story.act(story.plant.reviewers[0], "reject", reason="发票还没<更正>。")
    page = story.page(planner, story.address(planner))
    assert f"{story.plant.reviewers[0].name} 未批准上次申请：发票还没&lt;更正&gt;。" in page


def test_a_closed_one_that_waits_for_its_release_says_once_that_it_holds(story: FindingStory) -> None:
    story.walked_to_release()
    page = story.page(story.who("lead"), reverse("finding_list"))
    assert page.count('class="st" data-s="held"') == 1

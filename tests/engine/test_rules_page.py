"""Drafting rules, and somebody else publishing them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.plant import Plant
from tests.proposal_story import Story
from workflows.engine.models import RuleVersion

pytestmark = pytest.mark.django_db


def typed(client: Client, address: str) -> dict[str, Any]:
    """What the form shows, as a browser would send it back."""
    page = client.get(address)
    assert page.status_code == 200
    form, note = page.context["form"], page.context["note"]
    return {f.html_name: f.value() if f.value() is not None else "" for f in [*form, *note]}


def draft(plant: Plant, **changes: Any) -> RuleVersion:
    client, address = plant.client(plant.drafter), reverse("rule_draft")
    some = {"note": "改一处", "reverify_months": "11", "then": "submit"}
    answer = client.post(address, typed(client, address) | some | changes)
    assert answer.status_code == 303, answer.context["form"].errors
    return RuleVersion.objects.get(state="draft")


def test_a_draft_begins_from_what_is_in_force(ruled: Plant) -> None:
    made = draft(ruled, **{"team-small_improvement-benefit": "80,000", "team-deadline_hours": "6", "note": "当天能办"})
    assert made.number == 2 and made.note == "当天能办"
    assert made.content["ceilings"]["team"]["small_improvement"]["benefit"] == "80000.00"
    text = ruled.client(ruled.publisher).get(reverse("rule_detail", args=[made.pk])).content.decode()
    assert "<del>8 工时</del>" in text and "<ins>6 工时</ins>" in text and "¥80,000.00" in text


def test_values_that_do_not_hold_are_named_at_their_field(ruled: Plant) -> None:
    client, address = ruled.client(ruled.drafter), reverse("rule_draft")
    wrong = {"team-deadline_hours": "0", "workshop-quorum": "", "section-safety-cost": "abc", "team-remind_hours": "9"}
    answer = client.post(address, typed(client, address) | wrong)
    errors = answer.context["form"].errors
    assert answer.status_code == 422
    assert set(errors) == {"team-deadline_hours", "workshop-quorum", "section-safety-cost"}
    assert 'value="abc"' in answer.content.decode() and not RuleVersion.objects.filter(state="draft").exists()


def test_the_drafter_is_told_that_somebody_else_publishes(ruled: Plant) -> None:
    made = draft(ruled)
    client = ruled.client(ruled.drafter)
    assert "要由别人发布" in client.get(reverse("rule_detail", args=[made.pk])).content.decode()
    answer = client.post(reverse("rule_publish", args=[made.pk]), {"password": ruled.password, "digest": made.digest})
    assert answer.status_code == 403
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_second_person_publishes_with_the_password(story: Story) -> None:
    plant = story.plant
    story.file()
    made = draft(plant)
    client, address = plant.client(plant.publisher), reverse("rule_publish", args=[made.pk])
    wrong = client.post(address, {"password": "guess"})
    assert wrong.status_code == 422 and "密码不对" in wrong.content.decode()
    sent = {"password": plant.password, "digest": made.digest}
    past = client.post(address, sent | {"effective_from": "2020-01-01"})
    assert past.status_code == 422 and "不能早于现在" in past.content.decode()
    day = timezone.localdate() + timedelta(days=9)
    assert client.post(address, sent | {"effective_from": day.isoformat()}).status_code == 303
    made.refresh_from_db()
    assert made.state == "published" and timezone.localtime(made.effective_from).date() == day
    assert client.post(address, {"password": plant.password}).status_code == 409
    text = client.get(reverse("rule_list")).content.decode()
    assert "未起用" in text and "在用" in text
    first = RuleVersion.objects.get(number=1)
    detail = plant.client(plant.author).get(reverse("rule_detail", args=[first.pk])).content.decode()
    assert "按本版提交的" in detail


def test_drafts_are_not_for_everybody(ruled: Plant) -> None:
    made = draft(ruled)
    for person in (ruled.author, ruled.stranger):
        client = ruled.client(person)
        assert client.get(reverse("rule_detail", args=[made.pk])).status_code == 404
        assert client.get(reverse("rule_edit", args=[made.pk])).status_code == 403
        assert client.post(reverse("rule_publish", args=[made.pk])).status_code == 403
        assert client.get(reverse("rule_draft")).status_code == 403
    assert ruled.client(ruled.observer).get(reverse("rule_detail", args=[made.pk])).status_code == 200
    assert ruled.client(ruled.stranger).get(reverse("rule_list")).status_code == 200


def test_whoever_changes_a_draft_becomes_its_drafter(ruled: Plant) -> None:
    made = draft(ruled)
    client, address = ruled.client(ruled.publisher), reverse("rule_edit", args=[made.pk])
    assert client.post(address, typed(client, address) | {"appeal_hours": "16"}).status_code == 303
    made.refresh_from_db()
    assert made.content["appeal_hours"] == 16 and made.drafted_by == ruled.publisher
    assert (
        client.post(
            reverse("rule_publish", args=[made.pk]), {"password": ruled.password, "digest": made.digest}
        ).status_code
        == 403
    )


def test_the_chain_of_rules_opens_what_each_may_read(ruled: Plant) -> None:
    from workflows.ledger.models import Entry
    from workflows.ledger.subjects import subject_for

    made = draft(ruled)
    name = f"rules:proposal:{made.unit_id}"
    drafted, published = (
        Entry.objects.filter(chain__subject=name, event=f"engine.rules.{what}").first()
        for what in ("drafted", "published")
    )
    asked = subject_for(ruled.author, name)
    assert asked.may_open(ruled.author, published) and not asked.may_open(ruled.author, drafted)
    assert asked.may_open(ruled.observer, drafted) and asked.about(name).url == reverse("rule_list")


def test_a_draft_is_begun_where_its_kind_stands(ruled: Plant) -> None:
    begin = f"{reverse('rule_draft')}?kind=proposal&unit={ruled.workshop.pk}"
    page = ruled.client(ruled.publisher).get(reverse("rule_list")).content.decode()
    assert page.count(begin) == 1 and f"kind=hazard&unit={ruled.workshop.pk}" in page
    assert page.index(begin) < page.index("kind=hazard")  # the section of its own first, then those without a version
    assert begin not in ruled.client(ruled.author).get(reverse("rule_list")).content.decode()

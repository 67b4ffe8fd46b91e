"""The ledger's pages on a phone and at the desk, in a real browser."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from workflows.ledger import checkpoints, subjects
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.entries import append

SUBJECT = "trial:1"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "dark", "language"), [(390, False, "zh-hans"), (1280, True, "en")])
def test_from_the_checkpoints_to_an_entry_and_home_with_the_export(
    live, plant, monkeypatch, tmp_path, width, dark, language
):
    monkeypatch.setattr(subjects, "_subjects", dict(subjects._subjects))
    name = "闪速炉精矿喷嘴冷却水回路改造后连续运行七十二小时的验证记录与结果说明，含锍与𠮷"
    subjects.register_subject("trial", lambda person, subject: True, about=lambda subject: subjects.About(name, "/"))
    subjects.register_events({"engine.case.approved": "同意并采纳，报车间"})
    with transaction.atomic():
        append_many(Happening(SUBJECT, "engine.case.approved", {"reason": "好" * 200, "n": n}) for n in range(60))
        append(subject=SUBJECT, event="engine.mark.sealed", payload={"mark": 93}, sealed=True)
    checkpoints.gather("test")
    with transaction.atomic():
        append(subject=SUBJECT, event="engine.case.closed_after_a_rather_long_event_name", payload={})
    plant.author.language, plant.author.theme = language, "dark" if dark else "light"
    plant.author.save()
    page = live(width, person=plant.author, dark=dark)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    for address, shot in (
        (reverse("checkpoint_list"), "ledger-checkpoints"),
        (reverse("ledger_chain", args=[SUBJECT]), "ledger-chain"),
        (reverse("ledger_chain", args=["trial:2"]), "ledger-empty"),
        (reverse("ledger_entry", args=[SUBJECT, 61]), "ledger-sealed"),
        (reverse("ledger_entry", args=[SUBJECT, 60]), "ledger-entry"),
    ):
        page.goto(address)
        live.no_side_scroll(page)
        live.shoot(page, shot)
    page.locator("[data-copy]").first.click()
    page.get_by_text("已复制" if language == "zh-hans" else "Text copied").wait_for()

    page.goto(reverse("ledger_chain", args=[SUBJECT]))
    page.locator("#held").fill("两个")
    live.expect(422)
    page.locator("form[action$=export] button").click()
    page.locator("#held-e").wait_for()
    live.no_side_scroll(page)
    live.shoot(page, "ledger-held-error")
    page.locator("#held").fill("1")
    with page.expect_download() as download:
        page.locator("form[action$=export] button").click()
    assert download.value.suggested_filename == "ledger-trial-1.zip"

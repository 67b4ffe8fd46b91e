"""Signing out takes along what the device keeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.plant import Plant

KEPT = """async () => {
  const open = indexedDB.open('assay-1', 1);
  await new Promise((ok) => {
    open.onupgradeneeded = () => open.result.createObjectStore('queue');
    open.onsuccess = () => { open.result.close(); ok(); };
  });
}"""
NAMES = "async () => (await indexedDB.databases()).map((one) => one.name).filter((name) => name.startsWith('assay-'))"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_signing_out_clears_the_device(live, plant: Plant) -> None:
    page = live(390, person=plant.author)
    page.goto("/me/")
    page.evaluate(KEPT)
    assert page.evaluate(NAMES) == ["assay-1"]
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("工号")).to_be_visible()
    assert page.evaluate(NAMES) == []

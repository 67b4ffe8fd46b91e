"""kill -9 of each part while people decide: nothing acknowledged is lost, nothing is half done, nobody lends a hand."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proofs.running import PARTS, Running

ROUNDS_A_PLANT = 4  # The guard of the servers gives up on those that die again and again, and rightly so.


@pytest.mark.prove
def test_each_part_is_killed_under_load(
    tmp_path: Path, in_full: bool, record_property: Callable[[str, object], None]
) -> None:
    kills = int(os.environ.get("ASSAY_KILLS", "25" if in_full else "1"))
    acts = told = 0
    for first in range(0, kills, ROUNDS_A_PLANT):
        folder = tmp_path / str(first)
        folder.mkdir()
        with Running(folder) as plant:
            for number in range(first, min(first + ROUNDS_A_PLANT, kills)):
                kill_each(plant, random.Random(number))
            acts += at_rest(plant)
            told += notices(plant)
    record_property(
        "proved",
        f"{kills} kills of each of {', '.join(PARTS)}: {acts} acknowledged acts, none lost, no half state, "
        f"{told} notices, each once; the ledger verifies",
    )


def kill_each(plant: Running, chance: random.Random) -> None:
    for part in chance.sample(PARTS, len(PARTS)):
        time.sleep(chance.uniform(0.1, 0.6))
        plant.kill(part)
        plant.recover()
        plant.check()


def at_rest(plant: Running) -> int:
    """Everybody goes home; what is on its way arrives, and the whole is looked at once more."""
    plant.load.stop()
    assert plant.load.errors == []
    plant.until("everything is delivered", lambda: plant.waiting_since(None) == 0)
    assert "HOLDS" in plant.run("manage", "verify_ledger")
    return plant.check()


def notices(plant: Running) -> int:
    """Each message to be told in the product is in its reader's list exactly once."""
    query = """
        SELECT (SELECT count(*) FROM notices_outbox WHERE channel = 'in_product'),
               (SELECT count(*) FROM notices_notice), (SELECT count(DISTINCT occurrence_id) FROM notices_notice)"""
    written, listed, different = plant.ask(query)[0]
    assert written == listed == different > 0
    return int(listed)

"""What happens to machines, while people decide: nothing acknowledged is lost, nothing is half done, nobody is told
twice, and nobody lends a hand. Few of each in `make test`, on one plant; all of them in `make prove`."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.proofs import faults
from tests.proofs.disk import SmallDisk
from tests.proofs.running import PARTS, Running
from tests.proofs.sleepers import Sleepers
from tests.proofs.uploads import LARGEST, Photographer, photo

pytestmark = pytest.mark.prove
ROUNDS_A_PLANT = 4  # The guard of the servers gives up on those that die again and again, and rightly so.
Record = Callable[[str, object], None]
Say = Callable[[str], None]


@pytest.fixture(scope="module")
def kills(in_full: bool) -> int:
    return int(os.environ.get("ASSAY_KILLS", "25" if in_full else "1"))


@pytest.fixture(scope="module")
def away(in_full: bool) -> float:
    """Seconds that the broker is away."""
    return float(os.environ.get("ASSAY_BROKER_AWAY", "600" if in_full else "4"))


class Plants:
    """One after the other in full; else one for all that is asked, for starting one costs more than the proof."""

    def __init__(self, folder: Path, one_for_all: bool) -> None:
        self.folder, self.one_for_all = folder, one_for_all
        self.kept: Running | None = None
        self.count = 0

    @contextmanager
    def one(self) -> Iterator[Running]:
        if self.kept:
            yield self.kept
            return
        self.count += 1
        folder = self.folder / str(self.count)
        folder.mkdir()
        plant = Running(folder)
        plant.__enter__()
        if self.one_for_all:
            self.kept = plant
            yield plant
            return
        try:
            yield plant
        finally:
            plant.__exit__()

    def close(self) -> None:
        if self.kept:
            try:
                at_rest(self.kept)
            finally:
                self.kept.__exit__()


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory, in_full: bool) -> Iterator[Plants]:
    plants = Plants(tmp_path_factory.mktemp("plants"), one_for_all=not in_full)
    yield plants
    plants.close()


def at_rest(plant: Running) -> None:
    """Everybody goes home; what is on its way arrives, and the whole is looked at once more."""
    plant.load.stop()
    assert plant.load.errors == []
    plant.until("everything is delivered", lambda: plant.waiting_since(None) == 0)
    assert "HOLDS" in plant.run("manage", "verify_ledger")
    plant.check()


class Account:
    """What a proof counted, over all its plants."""

    def __init__(self) -> None:
        self.acts = self.told = 0
        self.recoveries: dict[str, list[float]] = {}

    def close(self, plant: Running, *, shared: bool) -> None:
        if not shared:
            at_rest(plant)
        self.acts += plant.check()
        self.told += notices(plant)
        for what, seconds in plant.recoveries.items():
            self.recoveries.setdefault(what, []).extend(seconds)
        plant.recoveries.clear()

    def record(self, record: Record, did: str) -> None:
        kept = f"{self.acts} acknowledged acts, 0 lost, 0 half states; {self.told} notices, each once"
        record("proved", f"{did}: {kept}; the ledger verifies")
        record("recoveries", json.dumps(self.recoveries))


def notices(plant: Running) -> int:
    """What has been delivered in the product is in its reader's list exactly once."""
    query = """
        SELECT (SELECT count(*) FROM notices_outbox WHERE channel = 'in_product' AND state = 'sent'),
               (SELECT count(*) FROM notices_notice), (SELECT count(DISTINCT occurrence_id) FROM notices_notice)"""
    written, listed, different = plant.ask(query)[0]
    assert written == listed == different > 0
    return int(listed)


# Processes die. -----------------------------------------------------------------------------------------------------


def test_each_part_is_killed_under_load(plants: Plants, kills: int, record_property: Record, say: Say) -> None:
    account = Account()
    for first in range(0, kills, ROUNDS_A_PLANT):
        with plants.one() as plant:
            for number in range(first, min(first + ROUNDS_A_PLANT, kills)):
                kill_each(plant, random.Random(number))
                say(f"killed each part {number + 1} of {kills} times")
            account.close(plant, shared=plants.one_for_all)
    account.record(record_property, f"kill -9 of each of {', '.join(PARTS)}, {kills} times each")


def kill_each(plant: Running, chance: random.Random) -> None:
    for part in chance.sample(PARTS, len(PARTS)):
        time.sleep(chance.uniform(0.1, 0.6))
        web = plant.processes("web")
        with plant.all_is_well_after(f"kill -9 {part}"):
            plant.kill(part)
        if part in ("redis", "postgres"):
            assert plant.processes("web") == web  # it dialled anew; nobody started it again


# Servers forget, or are away. ---------------------------------------------------------------------------------------


def test_redis_is_flushed_and_connections_are_cut(
    plants: Plants, kills: int, record_property: Record, say: Say
) -> None:
    account, chance, cut = Account(), random.Random(0), 0
    with plants.one() as plant:
        web = plant.processes("web")
        for number in range(kills):
            time.sleep(chance.uniform(0.1, 0.6))
            with plant.all_is_well_after("FLUSHALL"):
                faults.flush(plant)
            with plant.all_is_well_after("connections to PostgreSQL cut"):
                cut += faults.cut(plant)
            say(f"flushed and cut off {number + 1} of {kills} times")
        assert plant.processes("web") == web
        account.close(plant, shared=plants.one_for_all)
    account.record(record_property, f"FLUSHALL {kills} times, all connections to PostgreSQL cut {kills} times ({cut})")


def test_the_broker_is_away(plants: Plants, away: float, record_property: Record, say: Say) -> None:
    """Half of the time nobody reaches it, half of the time it answers nobody; people go on deciding all the while."""
    account, without = Account(), 0
    with plants.one() as plant:
        for fault, what in ((faults.refusing, "broker unreachable"), (faults.mute, "broker mute")):
            with plant.all_is_well_after(what), fault(plant):
                without += decide_for(plant, away / 2, say, what)
        account.close(plant, shared=plants.one_for_all)
    account.record(record_property, f"broker away for {away:.0f} s, {without} acts meanwhile")


def decide_for(plant: Running, seconds: float, say: Say, what: str) -> int:
    began, end = time.time(), time.monotonic() + seconds
    while True:
        plant.people_go_on()
        plant.check()
        if time.monotonic() > end:
            return plant.load.since(began)
        say(f"{what}, {plant.load.since(began)} acts")
        time.sleep(min(30, max(0, end - time.monotonic())))


# Too many beats, or none. -------------------------------------------------------------------------------------------


def test_two_beats_ring_each_clock_once(plants: Plants, kills: int, record_property: Record, say: Say) -> None:
    account, rung = Account(), 0
    with plants.one() as plant, faults.second_beat(plant):
        for number in range(kills):
            began, sleepers = time.time(), Sleepers.file(plant, 2)
            for moment, verbs in RINGS:
                sleepers.move(moment)
                plant.until(f"{verbs[-1]} by two beats", lambda s=sleepers, v=verbs: s.all_have(*v))
                rung += len(sleepers.steps)
            plant.until("told", lambda s=sleepers, b=began: all(expected(told) for told in s.told_since(b)))
            say(f"two beats, {number + 1} of {kills} rounds")
        with plant.all_is_well_after("two beats"):
            pass
        account.close(plant, shared=plants.one_for_all)
    account.record(record_property, f"two beats, {rung} clocks rung, each once")


RINGS = (
    ("remind_at", ("remind",)),
    ("due_at", ("remind", "overdue")),
    ("escalate_at", ("remind", "overdue", "escalate")),
)


def expected(told: list[tuple[int, str]]) -> bool:
    """The leader: waiting, remind, shared. Three chiefs: late, escalated. Nobody anything twice."""
    return len(told) == len(set(told)) == 3 + 3 * 2


def test_beat_was_away_for_three_days(plants: Plants, kills: int, record_property: Record, say: Say) -> None:
    """Deadlines went by unseen; when it is back each is late and escalated once, and nobody is flooded."""
    account = Account()
    with plants.one() as plant:
        sleepers = Sleepers.file(plant, 2 * kills)
        plant.until("delivered", lambda: all(len(told) == 1 for told in sleepers.told_since(0)))
        began = time.time()
        with plant.all_is_well_after("no beat for three days"), faults.beat_away(plant):
            sleepers.move("escalate_at", before="3 days")
            time.sleep(2)
            plant.people_go_on()
            assert sleepers.all_have()
        say("the beat is back")
        plant.until("late and escalated", lambda: sleepers.all_have("overdue", "escalate"))
        plant.until("told", lambda: all(len(told) >= 4 for told in sleepers.told_since(began)))
        time.sleep(3)
        for told in sleepers.told_since(began):  # no reminder when it is too late, no "late" beside "escalated"
            assert sorted(event for _person, event in told) == ["engine.task.escalated"] * 3 + ["engine.task.shared"]
            assert len({person for person, _event in told}) == 4
        assert sleepers.all_have("overdue", "escalate")
        account.close(plant, shared=plants.one_for_all)
    account.record(
        record_property, f"no beat for three days, {2 * kills} deadlines gone by, each late and escalated once"
    )


# The disk is full. --------------------------------------------------------------------------------------------------


def test_the_media_disk_is_full(plants: Plants, kills: int, record_property: Record, say: Say) -> None:
    account, chance, refused = Account(), random.Random(0), 0
    with plants.one() as plant:
        if plant.disk is None:
            pytest.skip("nothing here fills a disk")
        people = Photographer(plant)
        for number in range(kills):
            refused += fill_up(plant, people, chance)
            say(f"disk full, {number + 1} of {kills} times")
        assert len(people.words) == 1
        account.close(plant, shared=plants.one_for_all)
        kept, full = len(people.taken_in), plant.disk.says
    account.record(record_property, f"{full}, {kills} times: {refused} photos refused and later kept, {kept} kept")


def fill_up(plant: Running, people: Photographer, chance: random.Random) -> int:
    """Refused in plain words with nothing half stored; room again, and the same photos are taken in."""
    assert plant.disk
    deadline = time.monotonic() + 180
    most = 4 * LARGEST if isinstance(plant.disk, SmallDisk) else LARGEST // 4
    plant.disk.leave(chance.randrange(0, most))
    while len(people.refused) < 3:
        assert time.monotonic() < deadline
        people.send(uuid4(), photo(chance))
    people.check()
    plant.people_go_on()
    refused = len(people.refused)
    with plant.all_is_well_after("media disk full"):
        plant.disk.clear()
        assert people.send_again() == refused
        people.check()
    return refused

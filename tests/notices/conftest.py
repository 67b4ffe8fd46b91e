from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notices import stand_ins
from tests.proposal_story import Story, publish_rules
from workflows.ledger import clock
from workflows.notices import kick, wording
from workflows.notices.models import Outbox, State


@pytest.fixture
def groups(settings) -> Iterator[stand_ins.StandIns]:
    """The three vendors behind a relay, for as long as the story lasts."""
    world, server = stand_ins.serve()
    settings.ROBOT_RELAY = world.address
    settings.SITE_ADDRESS = "https://assay.plant.example"
    yield world
    server.shutdown()
    server.server_close()


@pytest.fixture
def quiet_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a story registers is forgotten after it; nothing wakes a worker."""
    monkeypatch.setattr(kick, "_quiet_until", float("inf"))
    monkeypatch.setattr(wording, "_registry", dict(wording._registry))


@pytest.fixture
def case(plant):
    publish_rules(plant)
    case = Story(plant).file()
    Outbox.objects.update(state=State.SENT, sent_at=clock.now())
    return case

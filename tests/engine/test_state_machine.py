"""Random verbs by random people, with absences, ties and roles that come and go: the engine and a plain model of it
agree after each act on where the case stands, who sits there, who may do what and who finds it in their queue."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.engine.review_agreement import PLAN, Plan
from tests.engine.review_machine import MONDAY, Review
from tests.plant import Plant
from workflows.ledger.clock import injected

pytestmark = [pytest.mark.django_db, pytest.mark.prove]

SEQUENCES = int(os.environ.get("ASSAY_SEQUENCES", "25"))
ACTS = 18


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def test_random_verbs_by_random_people_end_where_the_model_says(
    plant: Plant, quiet: None, record_property: Callable[[str, object], None]
) -> None:
    with injected(MONDAY):
        PLAN[:] = [Plan(plant)]
    run_state_machine_as_test(
        Review,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=ACTS,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            print_blob=False,
        ),
    )
    record_property("proved", f"{SEQUENCES} sequences of up to {ACTS} acts, each where the model says")

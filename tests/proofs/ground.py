"""`python -m tests.proofs.ground`: an empty database becomes a plant; prints what its people sign in with, as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def prepare() -> dict[str, Any]:
    from django.core.management import call_command

    from tests import plant as plants
    from tests.proposal_story import publish_rules
    from workflows.organisation import tokens
    from workflows.organisation.models import Person

    call_command("migrate", verbosity=0)
    plant = plants.build()
    publish_rules(plant)
    people: list[Person] = [plant.author, plant.team_leader, *plant.section_chiefs, *plant.reviewers]
    browser = plant.client(plant.team_leader)
    return {
        "author": plant.author.employee_no,
        "leader": plant.team_leader.employee_no,
        "chiefs": [p.employee_no for p in plant.section_chiefs],
        "reviewers": [p.employee_no for p in plant.reviewers],
        "tokens": {p.employee_no: tokens.issue(p, "proof") for p in people},
        "session": browser.cookies["sessionid"].value,
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(prepare()))

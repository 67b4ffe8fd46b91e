"""What one durable decision costs: SQL by hand, our service, our page over HTTP, and Viewflow's shipped views.

`python -m benchmarks.decide [--rounds 40]`. Each round takes one fresh case a contestant through the same three
one-signer steps (team, section, workshop), in changing order; only the decisions are timed, never the filing.
"""

from __future__ import annotations

import argparse
import copy
import gc
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

Act = Callable[[], Any]


class Field:
    """A plant whose three levels each decide by one signature, and the people who sign."""

    def __init__(self) -> None:
        from innovation.proposals.rules import DEFAULT_RULES
        from tests import plant as plants
        from tests.proposal_story import Story, publish_rules
        from workflows.engine import plant_calendar

        levels = copy.deepcopy(DEFAULT_RULES["levels"])
        for level in levels:
            level["mode"] = "one"
            level.pop("quorum", None)
            level.pop("pass_share", None)
        self.plant = plants.build()
        for year in (2025, 2026):
            plant_calendar.import_year(year)
        publish_rules(self.plant, levels=levels)
        self.story = Story(self.plant)
        self.signers = [self.plant.team_leader, self.plant.section_chiefs[0], self.plant.reviewers[0]]
        self.clients = [self.plant.client(person) for person in self.signers]

    def items(self) -> Iterator[tuple[int, Any]]:
        """Each step's item when it is that step's turn, of a case filed now."""
        self.story.file()
        for place, person in enumerate(self.signers):
            yield place, self.story.item(person)

    def by_hand(self) -> Iterator[Act]:
        from benchmarks.by_hand import Next, approve

        plant = self.plant
        ways = [
            Next("team_authority", "EXCLUSIVE_GATEWAY", "section_review", "section_chief", plant.section),
            Next("section_authority", "EXCLUSIVE_GATEWAY", "workshop_review", "workshop_reviewer", plant.workshop),
            Next("accept", "FUNCTION", "arrangement", "section_chief", plant.section, plant.workshop),
        ]
        for place, item in self.items():
            yield lambda place=place, item=item: approve(item.pk, self.signers[place], "同意", ways[place])

    def service(self) -> Iterator[Act]:
        from workflows.engine.turn import turn
        from workflows.organisation.models import Person

        def decide(person: Person, item: Any) -> None:
            with turn(actor=person, case_id=item.case_id, item_id=item.pk, token=uuid4()) as t:
                t.approve("同意")

        for place, item in self.items():
            # A request brings its person freshly read.
            person = Person.objects.select_related("unit").get(pk=self.signers[place].pk)
            yield lambda person=person, item=item: decide(person, item)

    def page(self) -> Iterator[Act]:
        for place, item in self.items():
            url = f"/cases/{item.case.number}/tasks/{item.pk}/"
            form = {"verb": "approve", "reason": "同意", "token": str(uuid4())}
            yield lambda place=place, url=url, form=form: self._post(place, url, form, 303)

    def shipped(self) -> Iterator[Act]:
        from benchmarks.shipped.flows import ReviewFlow

        plant = self.plant
        permissions = {
            "team": f"engine.team_leader_{plant.team.pk}",
            "section": f"engine.section_chief_{plant.section.pk}",
            "workshop": f"engine.workshop_reviewer_{plant.workshop.pk}",
        }
        process = ReviewFlow.file.run(permissions=permissions)
        process = getattr(process, "process", process)
        for place, name in enumerate(permissions):
            task = process.task_set.get(status="NEW", flow_task_type="HUMAN")
            url = f"/shipped/{process.pk}/{name}_review/{task.pk}/"
            yield lambda place=place, url=url, name=name: self._assign_and_execute(place, url, name)

    def _assign_and_execute(self, place: int, url: str, name: str) -> None:
        self._post(place, f"{url}assign/", {}, 302)
        self._post(place, f"{url}execute/", {name: "on"}, 302)

    def _post(self, place: int, url: str, form: dict[str, str], code: int) -> None:
        answer = self.clients[place].post(url, form)
        assert answer.status_code == code, (url, answer.status_code, answer.content[:400])


CONTESTANTS = {
    "by_hand": "SQL by hand, the same rows",
    "service": "Our service (`turn` → `approve`)",
    "page": "Our page over HTTP, signed in",
    "shipped": "Viewflow's shipped views over HTTP (assign, execute)",
}
TABLES = (
    "engine_decision", "ledger_entry", "engine_step", "engine_workitem", "viewflow_task", "viewflow_task_previous",
    "notices_outbox",
)  # fmt: skip


def rows() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        return [_count(cursor, table) for table in TABLES]


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])


def written(acts: Iterator[Act]) -> tuple[list[int], list[int]]:
    """How many statements each decision sends, transaction control included, and how many rows all of them leave."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    statements, left = [], [0] * len(TABLES)
    for act in acts:
        before = rows()
        with CaptureQueriesContext(connection) as sent:
            act()
        statements.append(len(sent))
        left = [total + now - was for total, now, was in zip(left, rows(), before, strict=True)]
    return statements, left


def timed(field: Field, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each decision by contestant."""
    took: dict[str, list[float]] = defaultdict(list)
    names = list(CONTESTANTS)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            for act in getattr(field, name)():
                gc.collect(0)
                began = time.perf_counter()
                act()
                took[name].append((time.perf_counter() - began) * 1000)
    return took


def table(took: dict[str, list[float]], statements: dict[str, list[int]]) -> list[str]:
    base = median(took["by_hand"])
    shipped = median(took["shipped"])
    lines = [
        "| One decision | Median ms | Middle half ms | Ratio to SQL by hand | Ratio to Viewflow's views | Statements |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, words in CONTESTANTS.items():
        low, middle, high = quantiles(took[name], n=4)
        ratios = f"{middle / base:.1f} | {middle / shipped:.2f}"
        sent = " / ".join(map(str, statements[name]))
        lines.append(f"| {words} | {middle:.1f} | {low:.1f} to {high:.1f} | {ratios} | {sent} |")
    return lines


def measure(rounds: int) -> list[str]:
    field = Field()
    for name in CONTESTANTS:  # warm: caches, prepared connections, imports
        for act in getattr(field, name)():
            act()
    counted = {name: written(getattr(field, name)()) for name in CONTESTANTS}
    assert counted["by_hand"][1] == counted["service"][1] == counted["page"][1], counted
    took = timed(field, rounds)
    return [
        *table(took, {name: statements for name, (statements, _rows) in counted.items()}),
        "",
        f"{rounds} rounds in changing order, three decisions each. Statements: team / section / workshop step, with",
        "`BEGIN`, `COMMIT` and savepoints. By hand nothing is asked (who may, independence, rules, deadline), only",
        "written: the same rows as the service leaves, which is checked before each run. Viewflow's views write",
        "neither decision, ledger, notices nor deadline; each of their decisions is two requests.",
        "Both HTTP rows go through Django's test client and the product's whole middleware, without a network.",
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=40)
    rounds = options.parse_args().rounds

    from config.servers.guard import Order
    from config.servers.launcher import Servers

    servers = Servers(Order(durable=True))
    try:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "ASSAY_TESTING": "1", "LOG_LEVEL": "ERROR"}
        os.environ |= servers.environment
        prepare()
        lines = measure(rounds)
        described = [str(server) for server in servers.servers]
    finally:
        servers.stop()

    from benchmarks.report import described as heading
    from benchmarks.report import write

    print("\n".join(lines))
    write("decide", ["## One decision", "", *heading(described), "", *lines])


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",), setting


if __name__ == "__main__":
    main()

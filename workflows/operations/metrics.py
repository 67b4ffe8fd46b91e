"""Figures for Prometheus. What the database knows is read when asked for; what a process sees it counts itself.

With several web processes set METRICS_DIR: each writes its counts there and any of them answers for all.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from threading import Lock

from django.db import connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from workflows.notices import outbox
from workflows.operations import heartbeat, readiness

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

OWN = CollectorRegistry()
REQUESTS = Histogram(
    "assay_request_seconds",
    "Time to answer, by the name of the page and the class of the answer.",
    ["page", "method", "answer"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=OWN,
)
DATABASE_ERRORS = Counter(
    "assay_database_errors", "Requests that ended because of the database.", ["kind"], registry=OWN
)

# One statement; each part reads a partial index or a small table.
GAUGES = """
SELECT (SELECT count(*) FROM engine_step WHERE closed_at IS NULL),
       (SELECT count(*) FROM engine_step s JOIN engine_case c ON c.id = s.case_id
        WHERE s.closed_at IS NULL AND s.due_at < now() AND c.state = 'open'),
       (SELECT count(*) FROM engine_failure WHERE resolved_at IS NULL),
       (SELECT coalesce(extract(epoch FROM now() - max(at)), -1)::float FROM ledger_checkpoint)
"""
NAMES = (
    ("assay_open_steps", "Steps that wait for somebody."),
    ("assay_late_steps", "Of these, past their deadline."),
    ("assay_failures", "Things that the engine could not do and tries again."),
    ("assay_checkpoint_age_seconds", "Since the last signed checkpoint; -1 if there is none."),
)


class FromTheDatabase:
    """Read at each scrape. Decisions are counted on from the last one counted, so that a scrape reads only news."""

    def __init__(self) -> None:
        self.lock, self.last, self.verbs = Lock(), 0, Tally[str]()

    def collect(self) -> Iterator[Metric]:
        with connection.cursor() as cursor:
            cursor.execute(GAUGES)
            row = cursor.fetchone()
        for (name, said), value in zip(NAMES, row, strict=True):
            yield GaugeMetricFamily(name, said, value=value)
        late = readiness.seconds_since(outbox.oldest_waiting())
        yield GaugeMetricFamily("assay_outbox_waiting", "Messages that could have left by now.", outbox.overdue())
        yield GaugeMetricFamily("assay_outbox_oldest_seconds", "How long the first of them is overdue.", late)
        age = heartbeat.age()
        yield GaugeMetricFamily(
            "assay_beat_age_seconds", "Since the last beat; -1 if never.", -1 if age is None else age
        )
        yield self._decisions()

    def _decisions(self) -> CounterMetricFamily:
        family = CounterMetricFamily("assay_decisions", "Decisions on record, by verb.", labels=["verb"])
        with self.lock:
            self._count_on()
            for verb, count in sorted(self.verbs.items()):
                family.add_metric([verb], count)
        return family

    def _count_on(self) -> None:
        """Rows younger than half a minute wait: a transaction with a lower number may still be under way."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT verb, count(*), max(id) FROM engine_decision "
                "WHERE id > %s AND decided_at < now() - interval '30 seconds' GROUP BY verb",
                [self.last],
            )
            for verb, count, last in cursor.fetchall():
                self.verbs[verb] += count
                self.last = max(self.last, last)


def exposition() -> bytes:
    """All figures, in Prometheus's text."""
    registry = CollectorRegistry()
    registry.register(DATABASE)
    if values.ValueClass.__name__ == "MmapedValue":
        multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(OWN)


DATABASE = FromTheDatabase()

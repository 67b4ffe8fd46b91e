"""`make demo LAN=1`: a phone gets the certificate in the clear, trusts it, and from then on everything is HTTPS."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
import socket
import ssl
import stat
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from config.servers import authority, lan
from config.servers.authority import spki
from tests import browser
from tests.start.processes import ROOT, python, within
from tests.start.test_demo import read_until

HOME = ipaddress.ip_address("192.168.7.20")


def served(tmp_path: Path, *addresses: str) -> authority.Served:
    into = tmp_path / "demo"
    into.mkdir(exist_ok=True)
    return authority.serve(tmp_path / "kept", into, [ipaddress.ip_address(one) for one in addresses])


def test_a_phone_trusts_once(tmp_path: Path) -> None:
    first = served(tmp_path, "192.168.7.20")
    certificate = first.certificate.read_bytes()
    again = served(tmp_path, "10.1.2.3")
    assert again.fingerprint == first.fingerprint and again.certificate.read_bytes() != certificate


def test_another_public_address_needs_another_authority(tmp_path: Path) -> None:
    first = served(tmp_path, "203.0.113.9")
    assert served(tmp_path, "203.0.113.9").fingerprint == first.fingerprint
    assert served(tmp_path, "203.0.113.10").fingerprint != first.fingerprint


def test_it_vouches_for_private_addresses_only_and_its_key_is_the_owners(tmp_path: Path) -> None:
    made = served(tmp_path, str(HOME))
    found = x509.load_pem_x509_certificate(made.authority.read_bytes())
    allowed = found.extensions.get_extension_for_class(x509.NameConstraints)
    assert allowed.critical and allowed.value.permitted_subtrees
    names = [one.value for one in allowed.value.permitted_subtrees if isinstance(one, x509.DNSName)]
    assert "local" in names and not any("." in name for name in names if name != socket.gethostname().lower())
    assert not authority._covers(found, ipaddress.ip_address("93.184.216.34"))
    for key in (made.key, made.authority.with_name("authority.key")):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.authority.parent.stat().st_mode) == 0o700


def test_it_is_kept_outside_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert authority.folder(tmp_path) == tmp_path / "authority"
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert ROOT not in authority.folder(None).parents


def test_what_a_handshake_says(tmp_path: Path) -> None:
    """OpenSSL, which phones and browsers are as strict as: name constraints, chain and names hold."""
    made = served(tmp_path, "127.0.0.1")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.certificate, made.key)
    trusting = ssl.create_default_context(cafile=str(made.authority))
    for name, holds in (("127.0.0.1", True), ("localhost", True), ("8.8.8.8", False), ("bank.example", False)):
        assert shakes_hands(server, trusting, name) is holds, name
    assert not shakes_hands(server, ssl.create_default_context(), "127.0.0.1")


def shakes_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bool:
    into, out = (ssl.MemoryBIO() for _ in range(2)), (ssl.MemoryBIO() for _ in range(2))
    (a_in, b_in), _unused = into, out
    here = client.wrap_bio(a_in, b_in, server_hostname=name)
    there = server.wrap_bio(b_in, a_in, server_side=True)
    done = set()
    for _round in range(10):
        for side in (here, there):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return len(done) == 2


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lan.addresses("192.168.7.20") == [HOME]
    with pytest.raises(lan.NoNetwork):
        lan.addresses("yes please")
    monkeypatch.setattr(lan, "_ours", lambda: iter([ipaddress.ip_address("127.0.0.1")]))
    with pytest.raises(lan.NoNetwork):
        lan.addresses("1")


@pytest.mark.browser
def test_a_demo_for_phones(tmp_path: Path, chromium: Any) -> None:
    with python("-m", "config.servers.demo", LAN="127.0.0.1", PORT="0", SEED="no", XDG_DATA_HOME=str(tmp_path)) as demo:
        said = read_until(demo, "Ctrl-C ends it")
        address = re.findall(r"https://127\.0\.0\.1:\d+", said)[-1]
        install = re.findall(r"http://127\.0\.0\.1:\d+/install", said)[-1]
        fingerprint = re.findall(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", said)[0]
        assert "█" in said or "▀" in said  # the code for the phone's camera

        page = read(install).decode()
        assert fingerprint in page and address in page and "证书信任设置" in page
        certificate = read(install.replace("/install", "/assay-ca.crt"))
        assert hashlib.sha256(certificate).digest().hex(":").upper() == fingerprint
        for other in ("/", "/sign-in/", "/api/docs", "/../manage.py", "/authority.key"):
            answer = status(install.replace("/install", other))
            assert answer == (200 if other == "/" else 404), other

        ca = tmp_path / "ca.pem"
        ca.write_text(ssl.DER_cert_to_PEM_cert(certificate))
        assert b"<html" in read(f"{address}/sign-in/", ssl.create_default_context(cafile=str(ca)))
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            read(f"{address}/sign-in/")
        leaf = ssl.get_server_certificate(("127.0.0.1", int(address.rpartition(":")[2])))
        (tmp_path / "leaf.pem").write_text(leaf)
        works_offline(chromium, address, tmp_path)
        assert (tmp_path / "assay" / "authority" / "authority.key").exists()
        demo.terminate()
        assert within(30, lambda: demo.poll() is not None)


def works_offline(chromium: Any, address: str, tmp_path: Path) -> None:
    """A browser that trusts this one key, and ignores no other fault, keeps the shells."""
    pin = base64.b64encode(hashlib.sha256(spki(tmp_path / "leaf.pem")).digest()).decode()
    context = chromium.browser_type.launch_persistent_context(
        str(tmp_path / "profile"), executable_path=browser.executable(), viewport={"width": 390, "height": 844},
        args=["--no-sandbox", f"--ignore-certificate-errors-spki-list={pin}"],
    )  # fmt: skip
    try:
        page = context.new_page()
        page.goto(f"{address}/sign-in/")
        assert page.evaluate("window.isSecureContext")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        cookies = [cookie for cookie in context.cookies() if cookie["name"] == "csrftoken"]
        assert cookies and cookies[0]["secure"]
        context.set_offline(True)
        page.goto(f"{address}/e/SSL-203")
        assert page.locator("h1").inner_text() == "SSL-203"
    finally:
        context.close()


def read(url: str, trusting: ssl.SSLContext | None = None) -> bytes:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting or ssl.create_default_context())
    )
    with opener.open(url, timeout=10) as answer:
        content: bytes = answer.read()
        return content


def status(url: str) -> int:
    try:
        read(url)
    except urllib.error.HTTPError as error:
        return error.code
    return 200

"""The page on which a phone gets the demo's certificate. In the clear, because nothing is trusted yet; it serves the
certificate and how to trust it, and nothing else of the demo.

`python -m config.servers.install_page <socket> <certificate> <https address>`
"""

from __future__ import annotations

import html
import io
import socket
import string
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from config.servers.launcher import ROOT

STYLE = ROOT / "workflows" / "site" / "static" / "site" / "assay.css"
PAGE = Path(__file__).with_name("install.html")
CERTIFICATE = "/assay-ca.crt"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


class Pages:
    """Path → (content type, bytes)."""

    def __init__(self, certificate: Path, address: str) -> None:
        authority = x509.load_pem_x509_certificate(certificate.read_bytes())
        digest = authority.fingerprint(hashes.SHA256()).hex(":").upper()
        said = {"address": html.escape(address), "fingerprint": digest, "certificate": CERTIFICATE}
        page = string.Template(PAGE.read_text("utf-8")).substitute(said).encode()
        bytes_of = authority.public_bytes(serialization.Encoding.DER)
        self.found = {
            "/install": ("text/html; charset=utf-8", page),
            "/": ("text/html; charset=utf-8", page),
            CERTIFICATE: ("application/x-x509-ca-cert", bytes_of),
            "/assay.css": ("text/css; charset=utf-8", STYLE.read_bytes()),
            "/open.svg": ("image/svg+xml", _drawn(address)),
        }


def _drawn(address: str) -> bytes:
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        target, kind="svg", scale=6, border=3, dark="#182026", light="#fff"
    )
    return target.getvalue()


class Handler(BaseHTTPRequestHandler):
    pages: Pages
    server_version, sys_version = "install", ""
    timeout = 20

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        found = self.pages.found.get(self.path.partition("?")[0])
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind, content = found
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(content))), ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Who fetches a certificate is nobody's business."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, handler: type[Handler]) -> None:
        super().__init__(listener.getsockname()[:2], handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener


def main() -> None:
    handle, certificate, address = sys.argv[1:4]
    Handler.pages = Pages(Path(certificate), address)
    Server(socket.socket(fileno=int(handle)), Handler).serve_forever()


if __name__ == "__main__":
    main()

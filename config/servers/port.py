"""A port for the demo: held from the first moment on, so that a second demo takes the next one."""

from __future__ import annotations

import errno
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

TRIES = 100


def claim(host: str, port: int) -> socket.socket:
    """A listening socket on the port, or on the next one that is free. The web server inherits it."""
    for number in range(port, port + TRIES) if port else (0,):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(2048)
            return listener
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"no free port from {port} to {port + TRIES - 1}")


def address(listener: socket.socket, scheme: str = "http") -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::", "127.0.0.1", "::1"):
        host = "localhost" if ":" not in host else "[::1]"
    return f"{scheme}://{host}:{port}"


def answers(url: str, patience: float = 2.0, authority: Path | None = None) -> bool:
    """A page came back; a refusal such as "not found" is an answer, too, a fault of the server is none.

    `authority`: who vouches for an https address.
    """
    trusting = ssl.create_default_context(cafile=str(authority) if authority else None)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting))
    try:
        with direct.open(url, timeout=patience):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False

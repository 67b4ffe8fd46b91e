"""The demo for phones of the same network: which addresses this machine has, and what is said of them."""

from __future__ import annotations

import io
import ipaddress
import socket
from collections.abc import Iterator

import segno

from config.servers.authority import Address

# Nothing is sent there: a datagram socket only asks the kernel which of our addresses it would go out from.
TOWARDS = ("10.255.255.255", "192.168.255.255", "172.16.255.255", "192.0.2.1")


class NoNetwork(Exception):
    """No address but this machine's own: phones could not come here."""


def addresses(wanted: str) -> list[Address]:
    """Ours, the likeliest first. `wanted`: "1" finds them, anything else is the address itself. Raises NoNetwork."""
    if wanted != "1":
        try:
            return [ipaddress.ip_address(wanted)]
        except ValueError:
            raise NoNetwork(f"LAN={wanted} is neither 1 nor an address of this machine") from None
    found = list(dict.fromkeys(address for address in _ours() if not address.is_loopback))
    if not found:
        raise NoNetwork("This machine is in no network that a phone could join. LAN=<address> names one by hand.")
    return found


def _ours() -> Iterator[Address]:
    for towards in TOWARDS:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((towards, 9))
                yield ipaddress.ip_address(probe.getsockname()[0])
            except OSError:
                continue
    try:
        for *_rest, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            yield ipaddress.ip_address(place[0])
    except OSError:
        return


def code(url: str) -> str:
    """The address as a QR code for a terminal."""
    drawn = io.StringIO()
    segno.make(url, error="m", micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()

"""One-time codes of an authenticator app: RFC 6238, SHA-1, six digits, thirty seconds. No Django."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct

PERIOD = 30
DIGITS = 6
# A phone's clock may be half a minute off; more would only help who looks over a shoulder.
EITHER_SIDE = 1


def code_of(secret: str, counter: int) -> str:
    """The code of a base32 secret in the given thirty seconds since 1970 (RFC 4226, 5.3)."""
    mac = hmac.new(base64.b32decode(secret, casefold=True), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    (number,) = struct.unpack(">I", mac[start : start + 4])
    return str((number & 0x7FFFFFFF) % 10**DIGITS).zfill(DIGITS)


def counter_at(moment: float) -> int:
    return int(moment) // PERIOD


def matching(secret: str, code: str, moment: float, after: int = 0) -> int | None:
    """The counter whose code this is, near the moment (seconds since 1970) and later than `after`; else None."""
    here = counter_at(moment)
    for counter in range(max(here - EITHER_SIDE, after + 1), here + EITHER_SIDE + 1):
        if hmac.compare_digest(code_of(secret, counter).encode(), code.encode()):
            return counter
    return None

"""Receipt codes for what is done without a name: shown once, kept as a digest, typed again by whoever has them."""

from __future__ import annotations

import hashlib
import re
import secrets

from django.core.signing import BadSignature, Signer

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # 31, none like another
LENGTH = 28  # × log2(31) = 138 bits


def new_code() -> str:
    """In groups of four, as one copies it by hand: 138 bits of chance."""
    drawn = "".join(secrets.choice(LETTERS) for _n in range(LENGTH))
    return "-".join(re.findall("....", drawn))


def promised(code: str, salt: str) -> str:
    """The code as a form carries it, so that the same form sent twice is one act with one code."""
    return Signer(salt=salt).sign(code)


def kept_promise(sent: str, salt: str) -> str:
    """The code of a form that we made; a new one where the form is not ours."""
    try:
        return Signer(salt=salt).unsign(sent)
    except BadSignature:
        return new_code()


def digest(code: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", code.lower())
    return hashlib.sha256(plain.encode()).hexdigest()

"""Sealed payloads: encrypted under a key that the database never sees.

The salt is sealed too. Beside a mark of 0 to 100, an open salt would let anybody try all 101. And the plain text is
padded, so that its length says nothing either.
"""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

BLOCK = 256
NONCE = 12


def seal(salt: str, body: str, commitment: str) -> bytes:
    """Nonce and ciphertext of `salt|body`, bound to the entry's commitment."""
    plain = f"{salt}|{body}".encode()
    padded = plain.ljust(-(-len(plain) // BLOCK) * BLOCK, b"\0")
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher().encrypt(nonce, padded, commitment.encode())


def open_sealed(sealed: bytes, commitment: str) -> tuple[str, str]:
    """Return salt and body. Raises cryptography's InvalidTag if key, ciphertext or commitment is another."""
    plain = _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], commitment.encode())
    salt, _, body = plain.rstrip(b"\0").decode().partition("|")
    return salt, body


def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(settings.SEALING_KEY))

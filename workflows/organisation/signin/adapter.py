"""allauth's second factors as we keep them: secrets encrypted under a key that the database never sees."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

NONCE = 12


class FactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        nonce = secrets.token_bytes(NONCE)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValueError where the sealing key is not the one that the secret was kept under."""
        raw = base64.b64decode(encrypted_text)
        try:
            return _cipher().decrypt(raw[:NONCE], raw[NONCE:], None).decode()
        except InvalidTag as wrong:
            raise ValueError("a second factor was kept under another SEALING_KEY") from wrong

    def get_totp_issuer(self) -> str:
        return _("Assay")

    def get_totp_label(self, user: Any) -> str:
        return str(user.employee_no)


def _cipher() -> AESGCM:
    """A key of its own, so that the ledger's sealed payloads and these secrets never share one."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"assay second factor")
    return AESGCM(derived.derive(bytes.fromhex(settings.SEALING_KEY)))

"""A mail server that refuses one address and hangs up on another."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class Backend(BaseEmailBackend):
    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently)

    def send_messages(self, messages: list[EmailMessage]) -> int:
        for message in messages:
            if "refused@" in message.to[0]:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
            if "hangup@" in message.to[0]:
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        return len(messages)

"""What an operator reads beside the machine's own words: the usual reasons, and what to do about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# The first that occurs in the text decides, so the narrower ones stand first.
USUAL = (
    (("RecipientsRefused",), _("The mail server knows no such address. Check it with the person.")),
    (("SenderRefused",), _("The mail server does not take mails from our address. Check FROM_EMAIL.")),
    (("AuthenticationError",), _("The mail server does not know our password. Check EMAIL_URL.")),
    (("gaierror", "NameResolution"), _("The server's name is not known here. Check the address in the settings.")),
    (("SSL", "Certificate"), _("The connection could not be made safe. Check the certificate.")),
    (
        ("ConnectionRefused", "Timeout", "timed out", "Disconnected", "ConnectError", "Unreachable"),
        _("Nobody answers there. It is tried again by itself; if it stays so, look at the server or the relay."),
    ),
    (
        ("sign not match", "sign match fail", "invalid timestamp"),
        _("The signing secret is another one, or our clock is wrong. Paste the secret anew."),
    ),
    (
        ("keyword", "Key Words", "关键词"),
        _("The group wants a keyword in each message. Make “Assay” or “试金” one of them."),
    ),
    (
        ("whitelist", "Ip Not Allowed", "白名单"),
        _("The group takes messages from listed addresses only. List the relay's."),
    ),
    (("45009", "130101", "410100", "11232", "too many", "HTTP 429"), _("Told too fast; it goes on after a rest.")),
    (
        ("93000", "300005", "300001", "400101", "400102", "400106", "19001"),
        _("The robot is gone from the group, or its address has changed. Paste the address anew."),
    ),
    (("HTTP 5",), _("The relay or the vendor is in trouble. It is tried again by itself.")),
)


def explained(error: str) -> str:
    """A sentence for the reason, or nothing where it is not a usual one."""
    return next((str(words) for marks, words in USUAL if any(mark in error for mark in marks)), "")

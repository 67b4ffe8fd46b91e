"""The plant's LDAP directory: it checks a password, and nothing else. Only where LDAP_URL is set.

An extra (`requirements-ldap.txt`): base installs lack the library. Accounts and roles stay ours; a number that the
directory knows and we don't is nobody. Our own password goes on working beside it, for the day the directory is away.
"""

from __future__ import annotations

import logging
import ssl
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from workflows.organisation.backends import EmployeeBackend
from workflows.organisation.models import Person

logger = logging.getLogger(__name__)

WAITS = 5  # seconds; a hanging directory must not hang the door


class PlantDirectory(EmployeeBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        # An empty password would be an anonymous bind, which many directories welcome.
        if not username or not password or "\0" in username + password:
            return None
        person = Person.objects.active().select_related("unit").filter(employee_no=username).first()
        return person if person and opens(username, password) else None


def opens(number: str, password: str) -> bool:
    """Does the directory take this password for this number? No, too, when it does not answer."""
    from ldap3.core.exceptions import LDAPException

    try:
        name = _name_of(number)
        bound = _bound(name, password) if name else None
    except LDAPException as away:
        logger.warning("the directory did not answer: %s", away)
        return False
    if bound is None:
        return False
    bound.unbind()
    return True


def _name_of(number: str) -> str | None:
    """The distinguished name: by the pattern, else by a search in which exactly one entry must be found."""
    from ldap3.utils.conv import escape_filter_chars
    from ldap3.utils.dn import escape_rdn

    if settings.LDAP_USER_DN:
        return str(settings.LDAP_USER_DN).replace("{number}", escape_rdn(number))
    wanted = settings.LDAP_FILTER.replace("{number}", escape_filter_chars(number))
    asking = _bound(settings.LDAP_BIND_DN or None, settings.LDAP_BIND_PASSWORD or None)
    if asking is None:
        logger.warning("the directory does not take LDAP_BIND_DN")
        return None
    try:
        asking.search(settings.LDAP_BASE, wanted, size_limit=2)
        found = [entry["dn"] for entry in asking.response or [] if entry["type"] == "searchResEntry"]
    finally:
        asking.unbind()
    return found[0] if len(found) == 1 else None


def _bound(name: str | None, password: str | None) -> Any:
    """A connection under this name, or None if the password is not the name's. The password goes under TLS only."""
    from ldap3 import Connection, Server, Tls

    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.LDAP_CA_FILE or None)
    server = Server(settings.LDAP_URL, tls=tls, connect_timeout=WAITS)
    connection = Connection(server, name, password, receive_timeout=WAITS, read_only=True)
    connection.open()
    if settings.LDAP_STARTTLS:
        connection.start_tls()
    if connection.bind():
        return connection
    connection.unbind()
    return None

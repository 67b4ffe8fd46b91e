"""Is the database away, or did it only refuse this one statement?"""

from __future__ import annotations

from django.db import OperationalError
from psycopg2 import errorcodes

BACK_IN = 10  # seconds after which it is worth asking again: a restart takes about as long
GOING = {errorcodes.ADMIN_SHUTDOWN, errorcodes.CRASH_SHUTDOWN, errorcodes.CANNOT_CONNECT_NOW}


def is_away(error: BaseException | None) -> bool:
    """The connection was lost or none was to be had. What a server says that is there (a lock not free in time, a
    disk that is full) bears another code and is another matter."""
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "pgcode", None) or ""
    return not code or code in GOING or code.startswith(errorcodes.CLASS_CONNECTION_EXCEPTION)

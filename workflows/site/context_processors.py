"""What the shell around every page needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from workflows.site.shell import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy: a fragment or a bare page that shows no shell asks the database nothing."""
    return {"shell": Shell(request)}

"""What a phone keeps for a place without signal. One list; it holds nothing about any person."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from workflows.organisation.access import public

FILES = [
    "bootstrap/css/bootstrap.min.css", "site/assay.css", "site/pictures.css", "site/icons.svg", "site/logo.svg",
    "site/theme.js", "site/glue.js", "site/sheet.js", "site/worker.js", "site/keyboard.js", "django_htmx/htmx-2.min.js",
]  # fmt: skip
# What an app needs that keeps what is typed on the device until there is signal.
KIT = ["site/offline/vault.js", "site/offline/wire.js", "site/offline/pictures.js"]
# Pages that work without a network: the page's URL name → the URL name of its shell, which knows nobody.
PAGES: dict[str, str] = {}
LABELS: dict[str, Promise | str] = {}
# The same for pages whose address ends in one number or tag: whichever it is, the one shell answers.
ROWS: dict[str, str] = {}


class _Nobody:
    person, theme, theme_choice, version, unit_path = None, "light", "auto", "", ()


# In the context of a shell: a page that `base.html` dresses for nobody, without a token. It says no message either: a
# phone fetches its shells behind a page's back, and what was said about an act belongs to the page that follows it.
NOBODY: dict[str, Any] = {"shell": _Nobody(), "csrf_token": "", "messages": ()}


def keep_page(name: str, shell: str = "", label: Promise | str = "") -> None:
    """For an app's `ready`: without signal the page `name` is answered by `shell`, kept on the phone.

    Without `shell` the page is its own. What is kept must be the same for everybody: no name, no number, no token.
    With a label the page that says "no signal" has a link to it.
    """
    PAGES[name] = shell or name
    if label:
        LABELS[name] = label


def keep_page_of(name: str, shell: str) -> None:
    """As `keep_page`, for a page whose URL takes one argument of one path segment: `/inspections/JC-2611-0007/`."""
    ROWS[name] = shell


def keep_file(path: str) -> None:
    """A static file that such a page needs."""
    if path not in FILES:
        FILES.append(path)


_ARGUMENT = "ARGUMENT"


@public
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    kept, pages = [static(path) for path in FILES], page_addresses()
    text = {
        "digest": digest(), "kept": json.dumps(kept), "pages": json.dumps(pages), "rows": json.dumps(row_addresses()),
        "offline": reverse("offline"),
    }  # fmt: skip
    answer = render(request, "site/sw.js", text, content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/"
    return answer


def page_addresses() -> dict[str, str]:
    """Address of the page → address of what is kept for it."""
    return {reverse(name): reverse(shell) for name, shell in PAGES.items()}


def row_addresses() -> list[tuple[str, str, str]]:
    """What comes before the argument, what comes after it, and the address of what is kept."""
    found = []
    for name, shell in ROWS.items():
        before, after = reverse(name, args=[_ARGUMENT]).split(_ARGUMENT)
        found.append((before, after, reverse(shell)))
    return found


def digest() -> str:
    return _digest(tuple(FILES), (*PAGES.values(), *ROWS.values()))


@cache
def _digest(files: tuple[str, ...], pages: tuple[str, ...]) -> str:
    """Changes whenever a kept file does, so that an old phone lets go of old files."""
    total = hashlib.sha256("\n".join(pages).encode())
    for path in files:
        if found := finders.find(path):
            with open(str(found), "rb") as content:
                total.update(content.read())
    return total.hexdigest()[:16]


@never_cache
@require_GET
def sending_token(request: HttpRequest) -> JsonResponse:
    """Who is signed in now, and a token that this session accepts."""
    return JsonResponse({"person": request.user.pk, "csrf": get_token(request)})


@public
def offline(request: HttpRequest) -> HttpResponse:
    """Without session or name, in both languages: it is kept on the phone."""
    return render(request, "site/offline.html", {"links": [_link(name) for name in LABELS]})


def _link(name: str) -> dict[str, str]:
    said = {"url": reverse(name)}
    for key, language in (("chinese", "zh-hans"), ("english", "en")):
        with override(language):
            said[key] = str(LABELS[name])
    return said


@public
def manifest(request: HttpRequest) -> JsonResponse:
    drawn = {"src": static("site/logo.svg"), "sizes": "any", "type": "image/svg+xml"}
    flat = [{"src": static(f"site/icon-{n}.png"), "sizes": f"{n}x{n}", "type": "image/png"} for n in (192, 512)]
    content = {
        "name": _("Assay"), "short_name": _("Assay"), "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#f3f5f6", "theme_color": "#182026", "icons": [drawn, *flat],
    }  # fmt: skip
    return JsonResponse(content, content_type="application/manifest+json")


@public
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it at the root whatever the page says."""
    return redirect(static("site/logo.svg"), permanent=False)

"""What a phone keeps for a place without signal. One list; it holds nothing about any person."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from workflows.organisation.access import public

FILES = [
    "bootstrap/css/bootstrap.min.css", "site/assay.css", "site/icons.svg", "site/logo.svg", "site/theme.js",
    "site/glue.js", "site/sheet.js", "site/worker.js", "site/keyboard.js", "django_htmx/htmx-2.min.js",
]  # fmt: skip
# Pages that work without a network: the page's URL name → the URL name of its shell, which knows nobody.
PAGES: dict[str, str] = {}


def keep_page(name: str, shell: str = "") -> None:
    """For an app's `ready`: without signal the page `name` is answered by `shell`, kept on the phone.

    Without `shell` the page is its own. What is kept must be the same for everybody: no name, no number, no token.
    """
    PAGES[name] = shell or name


def keep_file(path: str) -> None:
    """A static file that such a page needs."""
    if path not in FILES:
        FILES.append(path)


@public
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    kept, pages = [static(path) for path in FILES], page_addresses()
    text = {"digest": digest(), "kept": json.dumps(kept), "pages": json.dumps(pages), "offline": reverse("offline")}
    answer = render(request, "site/sw.js", text, content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/"
    return answer


def page_addresses() -> dict[str, str]:
    """Address of the page → address of what is kept for it."""
    return {reverse(name): reverse(shell) for name, shell in PAGES.items()}


def digest() -> str:
    return _digest(tuple(FILES), tuple(PAGES.values()))


@cache
def _digest(files: tuple[str, ...], pages: tuple[str, ...]) -> str:
    """Changes whenever a kept file does, so that an old phone lets go of old files."""
    total = hashlib.sha256("\n".join(pages).encode())
    for path in files:
        if found := finders.find(path):
            with open(str(found), "rb") as content:
                total.update(content.read())
    return total.hexdigest()[:16]


@public
def offline(request: HttpRequest) -> HttpResponse:
    """Without session or name: it is kept on the phone."""
    return render(request, "site/offline.html", {"filing": next(iter(page_addresses()), "")})


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

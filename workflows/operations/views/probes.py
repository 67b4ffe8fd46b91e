"""For machines: is the process up, may it be sent work, and how is it doing."""

from __future__ import annotations

import ipaddress
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workflows.operations import metrics, readiness
from workflows.organisation.access import public
from workflows.organisation.lockout import address_of


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing else: a database that is away is no reason to kill the web."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Which part is not well, by name only; how much and since when is for the doctor and the metrics."""
    told = readiness.parts()
    ready = all(told.values())
    parts = {name: "ok" if well else "failing" for name, well in told.items()}
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


@public
@never_cache
@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """For whoever brings the token, or asks from a network that is named in the settings; else it is not there."""
    if not (_by_token(request) or _from_within(request)):
        raise Http404("metrics")
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _by_token(request: HttpRequest) -> bool:
    brought = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and secrets.compare_digest(brought.encode(), wanted.encode())


def _from_within(request: HttpRequest) -> bool:
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS)

"""By the plant's own sign-in service: there and back."""

from __future__ import annotations

import logging

from allauth.socialaccount.models import SocialApp
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from workflows.organisation.access import public
from workflows.organisation.signin import oidc
from workflows.organisation.views.signing_in import onward_of

logger = logging.getLogger(__name__)


@public
@never_cache
@require_GET
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return oidc.begin(request, provider_id, onward_of(request))
    except SocialApp.DoesNotExist:
        raise Http404
    except (RequestException, KeyError, ValueError):
        logger.exception("the sign-in service does not answer")
        return oidc.refused(request, "silent")


@public
@never_cache
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        return oidc.come_back(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404
    except (KeyError, ValueError):
        logger.exception("the sign-in service's answer makes no sense")
        return oidc.refused(request, "failed")

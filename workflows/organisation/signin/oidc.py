"""The plant's own sign-in service (OpenID Connect): it says who somebody is, and nothing else.

allauth walks to the service and back (state, PKCE, the exchange of the code), over TLS only. We verify the ID token
ourselves, signature included, which allauth leaves to TLS; and we match an existing account by the
claim that holds the employee number. No account, no unit and no role is ever made from what the service says.
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflows.organisation.models import Person, SignedInBy
from workflows.organisation.signin import entering

NONCE, ONWARD = "oidc_nonce", "oidc_onward"
# Signatures only: with a shared-secret algorithm in the list, a public key would serve as the secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
NEEDED = ["exp", "iat", "iss", "aud", "sub"]
CLOCKS_DIFFER = 60  # seconds
LONGEST_NUMBER = 20


class ServiceAdapter(DefaultSocialAccountAdapter):
    """allauth's own pages for what goes wrong give way to ours."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(refused(request, "failed"))


class Service(OpenIDConnectOAuth2Adapter):
    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Ends allauth's walk: what it would do with accounts is not done here."""
        claims = self._claims(request, app, token, kwargs["response"])
        raise ImmediateHttpResponse(_enter(request, claims))

    def _claims(self, request: HttpRequest, app: Any, token: Any, response: dict[str, Any]) -> dict[str, Any]:
        claims = self._verified(app, str(response.get("id_token", "")))
        if not secrets.compare_digest(str(claims.get("nonce", "")), request.session.pop(NONCE, "") or "-"):
            raise OAuth2Error("the answer is to another question")
        if settings.OIDC_NUMBER_CLAIM not in claims and "userinfo_endpoint" in self.openid_config:
            more = self._fetch_user_info(token.token)
            if more.get("sub") == claims["sub"]:
                claims = {**more, **claims}
        return claims

    def _verified(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token, self._key_for(id_token), algorithms=ALGORITHMS, audience=app.client_id,
                issuer=self.openid_config["issuer"], leeway=CLOCKS_DIFFER, options={"require": NEEDED},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as wrong:
            raise OAuth2Error("the ID token does not hold") from wrong
        return claims

    def _key_for(self, id_token: str) -> Any:
        named = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [key for key in keys if named is None or key.key_id == named]
        if not fitting:
            raise OAuth2Error("signed by a key that the service does not publish")
        return fitting[0]


def begin(request: HttpRequest, provider_id: str, onward: str) -> HttpResponse:
    """To the service. Raises SocialApp.DoesNotExist where none is configured under this name."""
    provider = Service(request, provider_id).get_provider()
    request.session[NONCE], request.session[ONWARD] = secrets.token_urlsafe(24), onward
    asked = {**provider.get_auth_params(), "nonce": request.session[NONCE]}
    answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, auth_params=asked)
    return answer


def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    answer: HttpResponse = OAuth2CallbackView.adapter_view(Service(request, provider_id))(request)
    return answer


def _enter(request: HttpRequest, claims: dict[str, Any]) -> HttpResponse:
    # To the letter: tidied or cut, one person's number there would be another's here.
    number = str(claims.get(settings.OIDC_NUMBER_CLAIM, ""))
    person = (
        Person.objects.active().select_related("unit").filter(employee_no=number).first() if _may_be(number) else None
    )
    if person is None:
        return refused(request, "unknown", number[:LONGEST_NUMBER])
    return entering.proceed(request, person, by=SignedInBy.OIDC, onward=request.session.pop(ONWARD, None) or "/")


def _may_be(number: str) -> bool:
    return 0 < len(number) <= LONGEST_NUMBER and "\0" not in number


def refused(request: HttpRequest, why: str, number: str = "") -> HttpResponse:
    """`failed`: the walk broke; `unknown`: no account in use has this number; `silent`: no answer at all."""
    status = {"unknown": 403, "silent": 503}.get(why, 400)
    context = {"why": why, "number": number, "service": settings.OIDC_NAME}
    return render(request, "organisation/oidc_refused.html", context, status=status)

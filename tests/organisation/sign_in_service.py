"""A stand-in for a plant's sign-in service: a real HTTP server that speaks OpenID Connect and signs with a real key."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "assay", "between-us"


class Service:
    """Whoever is sent to it is `claims`; stories bend single answers by `token` and `userinfo`."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {"sub": "idp-1"}
        self.token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signed_with: Any = None
        self.algorithm = "RS256"
        self.asked: dict[str, dict[str, str]] = {}
        self.address = ""

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def keys(self) -> dict[str, Any]:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """The person signs in there; back with a code."""
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.asked.pop(form.get("code", ""), None)
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != basic or not self._pkce(asked, form):
            return None
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def _pkce(self, asked: dict[str, str], form: dict[str, str]) -> bool:
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        return base64.urlsafe_b64encode(proof).decode().rstrip("=") == asked["code_challenge"]

    def id_token(self, asked: dict[str, str]) -> str:
        moment = int(time.time())
        said = {
            "iss": self.address, "aud": CLIENT, "iat": moment, "exp": moment + 300, "nonce": asked["nonce"],
            **self.claims, **self.token,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, self.signed_with or self.key, algorithm=self.algorithm, headers={"kid": "one"})


@contextmanager
def running() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, urlsplit(self.path).query
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", service.authorize({k: v[0] for k, v in parse_qs(query).items()}))
                self.end_headers()
                return
            answers = {
                "/.well-known/openid-configuration": service.configuration,
                "/keys": service.keys,
                "/userinfo": lambda: service.userinfo,
            }
            self._json(answers[path]() if path in answers else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {k: v[0] for k, v in parse_qs(body).items()}
            self._json(service.exchange(form, self.headers.get("Authorization", "")))

        def _json(self, answer: Any) -> None:
            self.send_response(200 if answer is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def known_to(settings: Any) -> Iterator[Service]:
    """Running, and the plant's settings name it."""
    with running() as service:
        settings.OIDC_ISSUER, settings.OIDC_NAME = service.address, "金冶统一登录"
        app = {
            "provider_id": "plant", "name": "金冶统一登录", "client_id": CLIENT, "secret": SECRET,
            "settings": {"server_url": service.address},
        }  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield service

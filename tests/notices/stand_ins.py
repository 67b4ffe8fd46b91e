"""WeCom, DingTalk and Feishu as their pages describe them, on a real socket, behind one relay address.

Written from the vendors' documents and not from our code: each checks path, query, header, body and signature, and
answers as the vendor does, errors included. `robots` says which tokens exist and with which secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

HOUR = 3600
Answer = tuple[int, Any]


@dataclass
class Heard:
    kind: str
    token: str
    text: str  # all that a member of the group reads
    body: dict[str, Any]


@dataclass
class StandIns:
    robots: dict[str, str] = field(default_factory=dict)  # token → secret, "" where it does not sign
    heard: list[Heard] = field(default_factory=list)
    knocks: list[str] = field(default_factory=list)  # paths, whatever came of it
    # What happens instead of the vendor's own answer: gets the handler, returns an answer or None for "hang up".
    trouble: Callable[[BaseHTTPRequestHandler], Answer | None] | None = None
    address: str = ""

    def texts(self, kind: str = "") -> list[str]:
        return [heard.text for heard in self.heard if kind in ("", heard.kind)]


def serve() -> tuple[StandIns, ThreadingHTTPServer]:
    world = StandIns()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"world": world}))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    world.address = f"http://127.0.0.1:{server.server_port}"
    return world, server


class _Door(BaseHTTPRequestHandler):
    world: StandIns

    def do_POST(self) -> None:
        self.world.knocks.append(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.world.trouble(self) if self.world.trouble else self._answer(raw)
        if answer is None:
            self.connection.close()
            return
        status, content = answer
        body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, raw: bytes) -> Answer:
        kind, _slash, rest = self.path.lstrip("/").partition("/")
        vendor = {"wecom": _wecom, "dingtalk": _dingtalk, "feishu": _feishu}.get(kind)
        if vendor is None or not self.headers.get("Content-Type", "").startswith("application/json"):
            return 404, {"relay": "unknown"}
        parts = urlsplit("/" + rest)
        return vendor(self.world, parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}, raw)

    def log_message(self, *args: Any) -> None:
        pass


def _wecom(world: StandIns, path: str, query: dict[str, str], raw: bytes) -> Answer:
    if path != "/cgi-bin/webhook/send" or query.get("key") not in world.robots:
        return 200, {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1], from ip: 127.0.0.1"}
    body = json.loads(raw)
    if body.get("msgtype") != "markdown":
        return 200, {"errcode": 40008, "errmsg": "invalid message type"}
    text = body["markdown"]["content"]
    if len(text.encode()) > 4096:
        return 200, {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
    world.heard.append(Heard("wecom", query["key"], text, body))
    return 200, {"errcode": 0, "errmsg": "ok"}


def _dingtalk(world: StandIns, path: str, query: dict[str, str], raw: bytes) -> Answer:
    token = query.get("access_token", "")
    if path != "/robot/send" or token not in world.robots:
        return 200, {"errcode": 300005, "errmsg": "token is not exist"}
    if secret := world.robots[token]:
        stamp = query.get("timestamp", "0")
        if abs(int(stamp) / 1000 - time.time()) > HOUR:
            return 200, {"errcode": 310000, "errmsg": "invalid timestamp"}
        due = hmac.new(secret.encode(), (stamp + "\n" + secret).encode(), hashlib.sha256).digest()
        if query.get("sign") != base64.b64encode(due).decode():
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
    body = json.loads(raw)
    if body.get("msgtype") != "markdown" or not body["markdown"].get("title"):
        return 200, {"errcode": 40035, "errmsg": "缺少参数 title"}
    if len(raw) > 20_000:
        return 200, {"errcode": 460101, "errmsg": "message too long, exceed 20000 bytes"}
    world.heard.append(Heard("dingtalk", token, body["markdown"]["text"], body))
    return 200, {"errcode": 0, "errmsg": "ok"}


def _feishu(world: StandIns, path: str, query: dict[str, str], raw: bytes) -> Answer:
    stem, _slash, token = path.rpartition("/")
    if stem != "/open-apis/bot/v2/hook" or token not in world.robots:
        return 200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid", "data": {}}
    body = json.loads(raw)
    if secret := world.robots[token]:
        stamp = str(body.get("timestamp", "0"))
        due = hmac.new((stamp + "\n" + secret).encode(), b"", hashlib.sha256).digest()
        fresh = abs(int(stamp) - time.time()) <= HOUR
        if not fresh or body.get("sign") != base64.b64encode(due).decode():
            words = "sign match fail or timestamp is not within one hour from current time"
            return 200, {"code": 19021, "msg": words, "data": {}}
    if len(raw) > 20 * 1024 or body.get("msg_type") != "post":
        return 400, {"code": 9499, "msg": "Bad Request", "data": {}}
    ((_language, post),) = body["content"]["post"].items()
    lines = ["".join(part["text"] + (f" {part['href']}" if part["tag"] == "a" else "") for part in line)
             for line in post["content"]]  # fmt: skip
    world.heard.append(Heard("feishu", token, "\n".join([post["title"], *lines]), body))
    return 200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}

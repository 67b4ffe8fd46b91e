"""What WeCom, DingTalk and Feishu want to be sent, and what their answers mean. Pure: no Django, no network.

After the vendors' own pages on group robots (企业微信 群机器人, path/91770; 钉钉 自定义机器人; 飞书 自定义机器人).
All three answer 200 to nearly everything: whether it went well stands in `errcode` or `code`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit


@dataclass(frozen=True)
class Line:
    text: str
    url: str = ""


@dataclass(frozen=True)
class Message:
    """A headline and some lines, each of which may be a link; `more` ends what did not fit."""

    title: str
    lines: tuple[Line, ...]
    more: str = "… +%s"
    language: str = "zh-hans"


@dataclass(frozen=True)
class Call:
    """To be sent as POST of JSON to the vendor's address or to the relay: path with query, and the body."""

    path: str
    body: bytes


@dataclass(frozen=True)
class Verdict:
    ok: bool
    reason: str = ""
    wait: timedelta | None = None  # it is not the message's fault: come back after this


# Any of the three dialects of Markdown, and their ways of calling people, begin with one of these.
HARMLESS = str.maketrans("<>[]()*`#@_~|\\", "＜＞［］（）＊｀＃＠＿～｜＼")
LIMIT_WECOM = 4096  # bytes of markdown content
LIMIT_DINGTALK = 20_000  # bytes of the body
LIMIT_FEISHU = 20_000
ROOM = 600  # for the frame around the lines


def harmless(text: str) -> str:
    """What people typed, in letters that look alike and do nothing."""
    return " ".join(text.split()).translate(HARMLESS)


def _fitting(message: Message, limit: int, shape: Callable[[Line], Any]) -> list[Any]:
    """As many lines as fit into `limit` bytes, and one that says how many did not."""
    shaped: list[Any] = []
    used = 0
    for place, line in enumerate(message.lines):
        one = shape(line)
        used += len(json.dumps(one, ensure_ascii=False).encode()) + 8
        if used > limit - ROOM and place:
            return [*shaped, shape(Line(message.more % (len(message.lines) - place)))]
        shaped.append(one)
    return shaped


def _marked(line: Line) -> str:
    text = harmless(line.text)
    return f"[{text}]({line.url})" if line.url else text


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


# WeCom: the key in the query, nothing else. ------------------------------------------------------------------------


def wecom(token: str, secret: str, message: Message, at: float) -> Call:
    lines = "\n".join(f"> {line}" for line in _fitting(message, LIMIT_WECOM, _marked))
    content = f"**{harmless(message.title)}**\n{lines}"
    return Call(
        f"/cgi-bin/webhook/send?key={quote_plus(token)}",
        _json({"msgtype": "markdown", "markdown": {"content": content}}),
    )


# DingTalk: timestamp in milliseconds and signature in the query. ---------------------------------------------------


def dingtalk(token: str, secret: str, message: Message, at: float) -> Call:
    title = harmless(message.title)
    lines = "\n\n".join(f"- {line}" for line in _fitting(message, LIMIT_DINGTALK, _marked))
    body = _json({"msgtype": "markdown", "markdown": {"title": title, "text": f"#### {title}\n\n{lines}"}})
    query = f"access_token={quote_plus(token)}"
    if secret:
        stamp = str(round(at * 1000))
        query += f"&timestamp={stamp}&sign={quote_plus(dingtalk_sign(stamp, secret))}"
    return Call(f"/robot/send?{query}", body)


def dingtalk_sign(stamp: str, secret: str) -> str:
    """Base64 of HMAC-SHA256 with the secret as key over `stamp\\nsecret`."""
    return base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()


# Feishu: timestamp in seconds and signature in the body. -----------------------------------------------------------


def feishu(token: str, secret: str, message: Message, at: float) -> Call:
    def shaped(line: Line) -> list[dict[str, str]]:
        text = " ".join(line.text.split())  # a post's text is no markup
        return [{"tag": "a", "text": text, "href": line.url} if line.url else {"tag": "text", "text": text}]

    language = "zh_cn" if message.language.startswith("zh") else "en_us"
    post = {"title": " ".join(message.title.split()), "content": _fitting(message, LIMIT_FEISHU, shaped)}
    content: dict[str, Any] = {"msg_type": "post", "content": {"post": {language: post}}}
    if secret:
        stamp = str(round(at))
        content = {"timestamp": stamp, "sign": feishu_sign(stamp, secret), **content}
    return Call(f"/open-apis/bot/v2/hook/{quote_plus(token)}", _json(content))


def feishu_sign(stamp: str, secret: str) -> str:
    """Base64 of HMAC-SHA256 with `stamp\\nsecret` as key over nothing at all."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


# What they answer. -------------------------------------------------------------------------------------------------

MINUTE = timedelta(minutes=1)
TOO_FAST = {
    "wecom": {45009: MINUTE},
    "dingtalk": {130101: 10 * MINUTE, 410100: 10 * MINUTE},  # "more than 20 a minute: silent for ten"
    "feishu": {11232: MINUTE},
}
BUSY = {"wecom": {-1}, "dingtalk": {-1}, "feishu": set[int]()}
FAST_WORDS = ("too fast", "too many", "freq", "exceed 20")
LONGEST_WORDS = 200


def judge(kind: str, status: int, body: bytes) -> Verdict:
    """What an answer means. Anything that is not plainly a success is none."""
    code, words = _read(body)
    said = f"HTTP {status}" + (f" · {code}" if code is not None else "") + (f" · {words}" if words else "")
    if status == 429 or (code and (code in TOO_FAST[kind] or any(w in words.lower() for w in FAST_WORDS))):
        return Verdict(False, said, wait=TOO_FAST[kind].get(code or 0, MINUTE))
    if status == 200 and code == 0:
        return Verdict(True)
    if code in BUSY[kind]:
        return Verdict(False, said, wait=MINUTE)
    return Verdict(False, said)


def _read(body: bytes) -> tuple[int | None, str]:
    try:
        content = json.loads(body)
        code = content.get("errcode", content.get("code", content.get("StatusCode")))
        words = content.get("errmsg", content.get("msg", content.get("StatusMessage", "")))
    except (ValueError, AttributeError, RecursionError):
        return None, ""
    return (code if isinstance(code, int) else None), str(words)[:LONGEST_WORDS]


# What people paste. ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vendor:
    address: str
    path: str
    parameter: str  # of the query; "" = the token is the path's last part
    compose: Callable[[str, str, Message, float], Call]
    signs: bool


VENDORS = {
    "wecom": Vendor("https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key", wecom, False),
    "dingtalk": Vendor("https://oapi.dingtalk.com", "/robot/send", "access_token", dingtalk, True),
    "feishu": Vendor("https://open.feishu.cn", "/open-apis/bot/v2/hook/", "", feishu, True),
}
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")


def token_in(kind: str, pasted: str) -> str | None:
    """The token in a pasted webhook address, or the token itself. The address's host is never used: where messages
    go is the plant's setting. None when there is no token of this kind in it."""
    pasted, vendor = pasted.strip(), VENDORS[kind]
    if TOKEN.fullmatch(pasted):
        return pasted
    try:
        parts = urlsplit(pasted)
        named = parse_qs(parts.query).get(vendor.parameter, [""])[0] if vendor.parameter else ""
    except ValueError:
        return None
    found = named if vendor.parameter else parts.path.rpartition("/")[2]
    if vendor.path.rstrip("/") not in parts.path:
        return None
    return found if TOKEN.fullmatch(found) else None

"""A form's fields in the design's markup."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.inclusion_tag("organisation/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    return {"field": bound, "control": control(bound), "errors": bound.errors}


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    css = bound.field.widget.attrs.get("class", "")
    return bound.as_widget(attrs={"class": f"{css} is-invalid"} if bound.errors else None)


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """This page's filters with some changed: they live in the URL."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = value
    return f"?{query.urlencode()}"


# The first that stands in the browser's own description; the later ones claim to be the earlier ones too.
BROWSERS = (("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"), ("Lark", "Feishu"), ("Edg", "Edge"),
            ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
           ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def device_name(agent: str) -> str:
    """Chrome · Android, of what a browser says of itself; it is a help for the eye and proves nothing."""
    found = [next((name for sign, name in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name) or agent[:40] or "—"

"""Tags that every page has without loading: icons, chips, people, money, dates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.contrib.messages import constants as levels
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from workflows.notices import sentences
from workflows.organisation.models import Unit
from workflows.reports.months import month_of, months_back
from workflows.site import menu, moments
from workflows.site.clocks import Clocks
from workflows.site.refusals import words_of

register = template.Library()
TIME = '<time datetime="{}" title="{}">{}</time>'

# Word, shape and colour: the shape that goes with each state when the page names no other (design §2).
ICON_OF = {
    "mine": "edit", "waiting": "hourglass", "soon": "clock", "late": "late", "returned": "return",
    "accepted": "check", "held": "pause", "sealed": "lock", "disputed": "dispute", "critical": "critical",
    "none": "minus",
}  # fmt: skip


@cache
def _svg(name: str, extra: str) -> SafeString:
    css = f"icon {extra}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>', css, static("site/icons.svg"), name
    )


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    return _svg(name, extra)


@register.simple_tag
def logo() -> SafeString:
    return mark_safe(
        '<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="7" fill="#182026"/>'
        '<path d="M7 19.5 20.5 8" stroke="#d98a58" stroke-width="4" stroke-linecap="round"/>'
        '<path d="M9.5 21.5 17 15" stroke="#f3cdb1" stroke-width="1.5" stroke-linecap="round"/></svg>'
    )


@register.simple_tag
def html_lang() -> str:
    return {"zh-hans": "zh-Hans"}.get(get_language() or "", get_language() or "en")


@register.simple_tag
def page_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The page's address, or nothing when this installation has no such page."""
    if not args and not kwargs:
        return menu.address(name, get_urlconf(), get_script_prefix())
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag
def chip(state: str, word: str, shape: str = "") -> SafeString:
    return format_html('<span class="st" data-s="{}">{}{}</span>', state, icon(shape or ICON_OF[state]), word)


@register.simple_tag
def month_options(chosen: date | str | None = None, back: int = 72) -> SafeString:
    """Options of a select, the present month first, valued `2026-03`; one chosen from before them is added.

    Not `<input type="month">`: it speaks the browser's language, and on some desktops it is a bare text field.
    """
    value = f"{chosen:%Y-%m}" if isinstance(chosen, date) else str(chosen or "")[:7]
    months = months_back(back)
    if value and (earlier := month_of(value)) and earlier not in months:
        months.append(earlier)
    return format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((f"{m:%Y-%m}", mark_safe(" selected") if f"{m:%Y-%m}" == value else "", date_format(m, "YEAR_MONTH_FORMAT"))
         for m in months),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def clock_chip(
    context: template.Context,
    due_at: datetime | None,
    closed: datetime | None = None,
    remind_at: datetime | None = None,
    held: bool = False,
    unit: Unit | None = None,
    by_days: bool = False,
) -> SafeString:
    """What is left until `due_at` in working hours of `unit`, or in days of the calendar; plain until the reminder, red
    only when late."""
    if held:
        return _clock("held", gettext("Clock stopped"), "")
    if due_at is None:
        return SafeString("")
    clocks = clocks_of(context)
    left = clocks.left(due_at, closed=closed, remind_at=remind_at, unit=unit, by_days=by_days)
    return _clock(left.state, clocks.amount(left, closed=closed is not None), clocks.teller.due(due_at))


def clocks_of(context: template.Context) -> Clocks:
    """Made once a page, however many clocks stand on it."""
    request = context.get("request")
    clocks: Clocks = getattr(request, "_clocks", None) or Clocks()
    if request is not None:
        request._clocks = clocks
    return clocks


def _clock(state: str, words: str, full: str) -> SafeString:
    """State, amounts and moments: nothing in it has been typed."""
    shape = {"late": "late", "held": "pause"}.get(state, "clock")
    return mark_safe(f'<span class="clock" data-s="{state}" title="{full}">{icon(shape)}{words}</span>')


@register.filter
def money(amount: Decimal | float | str | None) -> str:
    """¥1,111.11: always two decimals, a true minus sign."""
    if amount is None or amount == "":
        return "—"
    value = Decimal(str(amount))
    return f"{'−' if value < 0 else ''}¥{abs(value):,.2f}"


@register.filter
def refused(refusal: Any) -> str:
    """Why it was not done, in a sentence."""
    return words_of(refusal)


@register.filter
def reason(text: str) -> str:
    """Why, in the reader's language where the product itself wrote it."""
    return sentences.read(text)


@register.filter
def when(moment: datetime | date | None) -> SafeString:
    return _time(moment, moments.when_words)


@register.filter
def at(moment: datetime | None) -> SafeString:
    return _time(moment, moments.at_words)


@register.filter
def due(moment: datetime | None) -> SafeString:
    return _time(moment, moments.due_words)


def _time(moment: datetime | date | None, words: Any) -> SafeString:
    if moment is None:
        return SafeString("—")
    return format_html(TIME, moments.machine(moment), moments.exact(moment), words(moment))


def told(due_at: datetime, teller: moments.Teller) -> SafeString:
    """As `due`, for a page of many; nothing in it has been typed."""
    return mark_safe(TIME.format(teller.machine(due_at), teller.exact(due_at), teller.due(due_at)))


@register.simple_tag
def person(who: Any, role: str = "", behalf: Any = None) -> SafeString:
    """Face and name. With `behalf`, the one who acts stands first: 高焰 ⟨代⟩ 梁衡."""
    name = str(who)
    tail = _substitute(name, str(behalf)) if behalf else SafeString("")
    if role:
        tail += format_html(' <span class="role">{}</span>', role)
    return format_html(
        '<span class="person"><span class="face" aria-hidden="true">{}</span>{}{}</span>', name[:1], name, tail
    )


def _substitute(actor: str, absent: str) -> SafeString:
    full = gettext("%(actor)s acts for %(absent)s") % {"actor": actor, "absent": absent}
    return format_html(
        ' <abbr class="sub-mark text-decoration-none" title="{}">{}</abbr> {}', full, gettext("for"), absent
    )


@register.simple_tag
def ledger_badge(subject: str, seq: int | None, digest: str = "") -> SafeString:
    """The entry that proves it: small, mono, one click away."""
    if not seq:
        return SafeString("")
    short = f"{digest[:4]}…{digest[-4:]}"
    title = gettext("Ledger entry %(seq)s, digest %(digest)s") % {"seq": seq, "digest": short}
    inner = format_html("{}#{} {}", icon("chain"), seq, short)
    if url := page_url("ledger_entry", subject=subject, seq=seq):
        return format_html('<a class="ledger" href="{}" title="{}">{}</a>', url, title, inner)
    return format_html('<span class="ledger" title="{}">{}</span>', title, inner)


@register.inclusion_tag("site/empty.html")
def empty(shape: str, title: str, text: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """What is so, what will happen, one way on."""
    return {"shape": shape, "title": title, "text": text, "url": url, "label": label}


@register.simple_tag
def note_of(message: Any) -> dict[str, str]:
    """How a message of this level looks."""
    state = {levels.SUCCESS: "accepted", levels.WARNING: "soon", levels.ERROR: "late"}.get(message.level, "waiting")
    return {"state": state, "icon": "info" if state == "waiting" else ICON_OF[state]}


@register.tag
def backlink(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    nodes = parser.parse(("endbacklink",))
    parser.delete_first_token()
    return BackLink(nodes)


class BackLink(template.Node):
    """The phone's top left corner: an arrow where the page says where back is, else the logo."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> str:
        url = self.nodelist.render(context).strip()
        if url:
            return format_html(
                '<a class="icon-btn back" href="{}" aria-label="{}">{}</a>',
                mark_safe(url), gettext("Back"), icon("back", "icon-lg"),
            )  # fmt: skip
        return format_html(
            '<a class="brand" href="{}" aria-label="{}">{}</a>', page_url("home"), gettext("Home"), logo()
        )

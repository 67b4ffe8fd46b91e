"""The notice for the board as plain words: what the page says, on paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from innovation.awards.publication import Award, Part, Publication
from workflows.ledger.models import Checkpoint
from workflows.site.moments import exact
from workflows.site.templatetags.assay import money

SOURCE = Path(__file__).parent / "typst" / "notice.typ"


def sheet(found: Publication, *, checkpoint: Checkpoint | None, digest: Iterable[str], fingerprint: Iterable[str],
          address: str, code: str) -> dict[str, Any]:  # fmt: skip
    round = found.round
    title = {"workshop": round.workshop.name, "month": date_format(round.month, "YEAR_MONTH_FORMAT")}
    return {
        "title": _("%(workshop)s: publicity of the awards of %(month)s") % title,
        "number": round.case.number,
        "period": period(found),
        "head": [
            _("Rank"),
            _("Grade"),
            _("Case, authors and their parts"),
            _("Marks"),
            _("Panel score"),
            _("Award money"),
        ],
        "awards": [_row(award) for award in found.awards],
        "none": _("No award in this month."),
        "total": _("%(count)s awards, together %(sum)s") % {"count": len(found.standing), "sum": money(found.total)},
        "how": how_it_is_reckoned(found),
        "objections": _(
            "Who disagrees may object until then, by name, or anonymously through the union representative. "
            "An objection holds the pay-out of that award only."
        ),
        "proof": _proof(checkpoint, digest, fingerprint),
        "address": address,
        "code": code,
        "footer": round.case.number,
    }


def head() -> list[str]:
    return [_("Rank"), _("Grade"), _("Case, authors and their parts"), _("Marks"), _("Panel score"), _("Award money")]


def period(found: Publication) -> str:
    round = found.round
    return _("Hangs out from %(since)s to %(until)s (plant time, by the server's clock)") % {
        "since": exact(round.announced_at), "until": until_words(found),  # type: ignore[arg-type]
    }  # fmt: skip


def until_words(found: Publication) -> str:
    """A period that ends at midnight ends with its last day: 2026-11-20 24:00."""
    until = found.round.publicity_until
    assert until is not None
    last, said = until - timedelta(microseconds=1), exact(until)
    return f"{exact(last)[:10]} 24:00" if said.endswith("00:00") else said


def how_it_is_reckoned(found: Publication) -> list[str]:
    weights = _(", ").join(f"{c.label} {c.weight}" for c in found.rules.criteria)
    return [
        _("A judge's mark is the mean of the criteria by weight: %(weights)s.") % {"weights": weights},
        _(
            "From five judges on one highest and one lowest mark are dropped; the score is the mean of the others, "
            "shown to two places and compared unrounded."
        ),
        _(
            "Amounts are split by shares to the fen: each rounded down, what is left goes fen by fen to the largest "
            "remainders."
        ),
    ]


STATES = {
    "void": lambda award: _("Void: %(reason)s") % {"reason": award.candidate.void_reason},
    "held": lambda award: _("Under objection: its pay-out waits"),
    "waits": lambda award: _("Waits for budget"),
    "stands": lambda award: "",
}


def _row(award: Award) -> dict[str, Any]:
    one = award.candidate
    return {
        "rank": str(one.rank),
        "grade": one.grade,
        "number": award.number,
        "title": award.title,
        "authors": [_said(award, part) for part in award.authors],
        "marks": [{"judge": mark.judge, "mark": mark.shown, "dropped": mark.dropped} for mark in award.marks],
        "score": award.shown,
        "amount": money(one.amount) if award.state in ("stands", "held") else "—",
        "state": STATES[award.state](award),
    }


def _said(award: Award, part: Part) -> str:
    """韩铸（乙班）5/9 ¥1,111.11"""
    paid = part.amount is not None and award.state in ("stands", "held")
    return f"{part.name}（{part.unit}）{part.parts}/{part.whole}" + (f" {money(part.amount)}" if paid else "")


def _proof(checkpoint: Checkpoint | None, digest: Iterable[str], fingerprint: Iterable[str]) -> list[list[str]]:
    if checkpoint is None:
        return []
    return [
        [_("Checkpoint"), f"{checkpoint.number} · {exact(checkpoint.at)}"],
        [_("Its SHA-256"), " ".join(digest)],
        [_("Key's fingerprint"), " ".join(fingerprint)],
    ]

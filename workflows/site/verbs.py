"""The engine's verbs in the past tense, as a sentence about somebody says them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SAID = {
    "file": _("filed"), "approve": _("approved"), "return": _("returned"), "reject": _("rejected"),
    "withdraw": _("withdrew"), "claim": _("claimed"), "release": _("released"), "transfer": _("transferred"),
    "hold": _("put on hold"), "resume": _("resumed"), "complete": _("finished"), "take_back": _("took back"),
    "consult": _("asked for an opinion on"), "advise": _("gave an opinion on"), "add_signer": _("added a signer to"),
    "remove_signer": _("removed a signer from"), "urge": _("nudged"), "copy": _("sent a copy of"),
    "ask_correction": _("asked to correct"), "drop_correction": _("declined to correct"), "correct": _("corrected"),
    "reassign": _("reassigned"), "restart": _("started again"),
    "appeal": _("appealed"), "abstain": _("abstained"), "resubmit": _("sent back improved"),
}  # fmt: skip


def said(verb: str) -> str:
    return str(SAID.get(verb, _("settled")))

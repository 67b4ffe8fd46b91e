"""How a proposal's standing looks: state (colour), shape, word."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from innovation.proposals.models import Proposal
from workflows.engine.models import Case, Step

S = Proposal.Status
LOOKS = {
    S.FILED: ("waiting", "hourglass"),
    S.ACCEPTED: ("accepted", "check"),
    S.REJECTED: ("late", "x"),
    S.WITHDRAWN: ("none", "minus"),
    S.IMPLEMENTING: ("waiting", "wrench"),
    S.IMPLEMENTED: ("accepted", "check"),
    S.VERIFIED: ("accepted", "award"),
}


@dataclass(frozen=True)
class Standing:
    state: str
    shape: str
    word: str


def standing_of(proposal: Proposal, step: Step | None = None) -> Standing:
    """step: the case's open one, if any; a step that exists because of a return and waits for the author says so."""
    if proposal.case.state == Case.State.HELD:
        return Standing("held", "pause", str(_("On hold")))
    if step is not None and step.node == "revision":
        return Standing("returned", "return", str(_("Returned")))
    state, shape = LOOKS[S(proposal.status)]
    return Standing(state, shape, str(proposal.get_status_display()))

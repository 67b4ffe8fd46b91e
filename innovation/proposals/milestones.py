"""How far a proposal gets: what the analytics count on the way."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.reports.process.milestones import FILED, Milestone, register

WAY = (
    Milestone(FILED, _("Filed")),
    Milestone("team", _("Team"), ("team_review",)),
    Milestone("section", _("Section"), ("section_review",)),
    Milestone("workshop", _("Workshop"), ("workshop_review", "appeal_panel")),
    Milestone("accepted", _("Accepted"), ("arrangement", "implementation"), ("accepted", "implementing")),
    Milestone("implemented", _("Implemented"), ("effect_report", "finance_check", "chief_check"), ("implemented",)),
    Milestone("verified", _("Effect verified"), (), ("verified",)),
)


def register_them() -> None:
    register("proposal", WAY)

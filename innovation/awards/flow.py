"""The way of a month's round: collect, score, rank, publicity, confirm, pay out, published. A table of contents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow

from innovation.awards import course
from workflows.engine.locking import case_lock
from workflows.engine.nodes import Act, CaseEnd, Gate, HumanStep, Pause
from workflows.organisation.models import Role, UnitKind

OFFICER: dict[str, Any] = {
    "role": Role.INNOVATION_OFFICER, "level": UnitKind.WORKSHOP, "deciding": False, "mendable": False,
}  # fmt: skip


class AwardRoundFlow(flow.Flow):
    """Monthly award"""

    lock_impl = case_lock

    file = flow.StartHandle().Annotation(title=_("Collected")).Next(this.selection)
    selection = HumanStep(_("Check the candidates, name the judges"), **OFFICER).Next(this.seat)
    seat = Act(this.seat_judges).Annotation(title=_("Seat the judges")).Next(this.any_candidate)
    any_candidate = Gate(this.has_candidates).Then(this.scoring).Else(this.empty)

    scoring = (
        HumanStep(_("Score"), people=this.judges_out, deciding=False, personal=True, mendable=False)
        .Next(this.open_marks)
        .Lapses(this.deadline)
    )
    deadline = Act(this.name_the_late).Annotation(title=_("Name who did not mark")).Next(this.enough)
    enough = Gate(this.has_quorum_everywhere).Then(this.open_marks).Else(this.substitution)
    substitution = HumanStep(_("Draw substitute judges"), **OFFICER).Next(this.call_in)
    call_in = Act(this.do_call_in).Annotation(title=_("Call the substitutes in")).Next(this.drawn)
    drawn = Gate(this.somebody_is_out).Then(this.scoring).Else(this.open_marks)

    open_marks = Act(this.do_open_marks).Annotation(title=_("Open all marks")).Next(this.rank)
    rank = Act(this.do_rank).Annotation(title=_("Rank and grade")).Next(this.ranking)
    ranking = HumanStep(_("Check the ranking, hang it out"), **OFFICER).Next(this.announce)
    announce = Act(this.do_announce).Annotation(title=_("Hang out the notice")).Next(this.publicity)
    publicity = Pause(_("Publicity"), until=this.publicity_until).Next(this.confirmation)
    confirmation = HumanStep(_("Confirm the awards"), **OFFICER).Next(this.confirm)
    confirm = Act(this.do_confirm).Annotation(title=_("Confirm, list the payments")).Next(this.payout)
    payout = HumanStep(
        _("Pay out"), role=Role.FINANCE_VERIFIER, level=UnitKind.WORKSHOP, deciding=False, mendable=False
    ).Next(this.publish)
    publish = Act(this.do_publish).Annotation(title=_("Publish")).Next(this.published)

    published = CaseEnd(pgettext_lazy("round", "Published"), standing="published")
    empty = CaseEnd(_("No candidates"), standing="empty")

    def seat_judges(self, activation):
        course.seat_judges(activation.process.case)

    def has_candidates(self, activation):
        return course.has_candidates(activation.process.case)

    def judges_out(self, case):
        return course.judges_out(case)

    def do_call_in(self, activation):
        course.call_in(activation.process.case)

    def somebody_is_out(self, activation):
        return bool(course.judges_out(activation.process.case))

    def name_the_late(self, activation):
        course.name_the_late(activation.process.case)

    def has_quorum_everywhere(self, activation):
        return course.has_quorum_everywhere(activation.process.case)

    def do_open_marks(self, activation):
        course.open_marks(activation.process.case)

    def do_rank(self, activation):
        course.rank(activation.process.case)

    def do_announce(self, activation):
        course.announce(activation.process.case)

    def publicity_until(self, case):
        return case.awardround.publicity_until

    def do_confirm(self, activation):
        course.confirm(activation.process.case)

    def do_publish(self, activation):
        course.publish(activation.process.case)

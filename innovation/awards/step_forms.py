"""What is asked at the officer's and the finance verifier's steps. Judges mark on a page of their own."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation.awards import course, seating, selecting
from innovation.awards.models import AwardRound, Seat
from workflows.engine.errors import BadMove, Overtaken
from workflows.engine.turn import Turn
from workflows.engine.work_forms import Pick, WorkForm
from workflows.ledger.entries import append
from workflows.store.gathering import change


class RoundForm(WorkForm):
    """A step of the round that asks for no more than a look and a press.

    The page says what it showed (`seen`): a press on one that a colleague has overtaken is refused (409).
    """

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = selecting.shown(self.round)

    @property
    def round(self) -> AwardRound:
        return course.round_of(self.case)

    def save(self, held: Turn) -> None:
        self._look_again()
        self.finish(held)

    def _look_again(self) -> None:
        seen = self.cleaned_data["seen"]
        if seen and seen != selecting.shown(self.round):
            raise Overtaken(
                gettext("The candidates or the awards have changed since you opened this page. Look at it again.")
            )

    def finish(self, held: Turn) -> None:
        held.complete()


class SelectionForm(RoundForm):
    heading = _("Check who is in, and who judges")
    explanation = _("Each case says why it is in or out. Judges are everybody who holds the role now.")
    button = said = _("Begin the scoring")

    def finish(self, held: Turn) -> None:
        if course.has_candidates(held.case) and not seating.judges_of(self.round):
            raise BadMove(gettext("Nobody holds the role of judge at this workshop: have it given to somebody first."))
        held.complete()


class SubstitutionForm(RoundForm):
    heading = _("Some candidates lack marks")
    button = said = _("Go on")
    WAYS = (("draw", _("Draw substitute judges")), ("close", _("Open the marks there are")))

    how = forms.ChoiceField(label=_("How it goes on"), choices=WAYS, widget=Pick)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        short, free = len(course.short_of_quorum(self.case)), len(seating.eligible_substitutes(self.round))
        self.explanation = ngettext(
            "%(n)s candidate has fewer marks than the rules ask for.",
            "%(n)s candidates have fewer marks than the rules ask for.",
            short,
        ) % {"n": short} + " " + ngettext(
            "%(n)s person could be drawn.", "%(n)s people could be drawn.", free
        ) % {"n": free}  # fmt: skip

    def clean_how(self) -> str:
        how = str(self.cleaned_data["how"])
        if how == "draw" and not seating.eligible_substitutes(self.round):
            raise forms.ValidationError(gettext("Nobody is left who could be drawn. Open the marks there are."))
        return how

    def finish(self, held: Turn) -> None:
        round, how = self.round, self.cleaned_data["how"]
        if how == "close":
            round.closed_short = True
            change(round, "closed_short")
            lacking = [one.proposal.case.number for one in course.short_of_quorum(held.case)]
            append(subject=f"case:{held.case.pk}", event="award.scoring.closed_short", payload={"lacking": lacking})
        else:
            late = list(Seat.objects.filter(round=round, late=True, substitutes=None))
            drawn = seating.eligible_substitutes(round)
            secrets.SystemRandom().shuffle(drawn)
            seating.seat(round, drawn[: max(1, len(late))], instead_of=late)
        held.complete(data={"how": how})


class RankingForm(RoundForm):
    heading = _("Check the ranking, then hang it out")
    explanation = _(
        "It is reckoned from the marks and the rules alone. From here on everybody in the workshop reads it."
    )
    button = said = _("Hang out the notice")


class ConfirmationForm(RoundForm):
    heading = _("Confirm the awards")
    explanation = _("The publicity period is over. What an open objection holds is not paid until it is decided.")
    button = said = _("Confirm the awards")


class PayoutForm(RoundForm):
    heading = _("Pay out")
    explanation = _("Take the list to payroll; it says each person, case, grade, share and amount.")
    button = said = _("Paid out, publish the round")


FORMS = {
    "selection": SelectionForm,
    "substitution": SubstitutionForm,
    "ranking": RankingForm,
    "confirmation": ConfirmationForm,
    "payout": PayoutForm,
}

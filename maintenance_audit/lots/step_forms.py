"""What is asked at the steps of a lot: freezing, three nonces from each party, revealing one, drawing, deciding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maintenance_audit.lots import ceremony, course, deciding, freezing, results
from maintenance_audit.lots.ceremony import TIERS, Committed
from maintenance_audit.lots.models import Draw, Lot, Party
from workflows.engine.errors import BadMove, Overtaken
from workflows.engine.turn import Turn
from workflows.engine.work_forms import Pick, TextField, WorkForm


class LotForm(WorkForm):
    @property
    def lot(self) -> Lot:
        return course.lot_of(self.case)

    def save(self, held: Turn) -> None:
        held.complete()


class FreezingForm(LotForm):
    heading = _("Freeze the lot")
    explanation = _("Jobs, inspectors and plan are fixed as they are now. What arrives later joins the next lot.")
    button = said = _("Freeze the lot")
    template = "lots/_freezing.html"

    # What the page showed; a job that came in or left since is told instead of frozen unseen.
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.jobs = list(freezing.jobs_for(self.lot).order_by("number").values("number", "title", "accepted_on"))
        self.initial["seen"] = freezing.shown(job["number"] for job in self.jobs)

    def save(self, held: Turn) -> None:
        seen, lot = self.cleaned_data["seen"], course.lot_of(held.case)
        there = freezing.jobs_for(lot).values_list("number", flat=True)
        if seen and seen != freezing.shown(there):
            raise Overtaken(gettext("Jobs have come in or gone out since you opened this page. Look at it again."))
        held.complete()


class CommitmentForm(LotForm):
    """Three nonces or three commitments. `keep`: here, encrypted, or by oneself."""

    party: Party
    heading = _("Commit three nonces")
    explanation = _(
        "One for each tier. Nobody can know yet which jobs they will draw, and nobody can change them later."
    )
    button = _("Commit")
    said = _("Committed.")
    template = "lots/_commitment.html"
    keep = forms.ChoiceField(
        label=_("Who keeps them"),
        choices=(("here", _("Keep them here, encrypted")), ("self", _("I keep them myself"))),
        initial="here",
        widget=Pick,
    )
    tier_1 = forms.CharField(label=_("Tier 1, teams"), max_length=128)
    tier_2 = forms.CharField(label=_("Tier 2, sections"), max_length=128)
    tier_3 = forms.CharField(label=_("Tier 3, workshop"), max_length=128)

    @property
    def tiers(self) -> list[Any]:
        return [self[f"tier_{tier}"] for tier in TIERS]

    def handed_in(self) -> list[Committed]:
        """Whoever keeps them hands in commitments only."""
        typed = [self.cleaned_data[f"tier_{tier}"].strip().lower() for tier in TIERS]
        if self.cleaned_data["keep"] == "self":
            return [Committed(commitment=one) for one in typed]
        return [Committed(nonce=one) for one in typed]

    def save(self, held: Turn) -> None:
        lot = course.lot_of(held.case)
        made = ceremony.take(lot, self.party, self.handed_in(), by=held.actor, seat=held.seat)
        held.complete(data={"party": self.party, "round": lot.round, "commitments": [one.commitment for one in made]})


class LeadCommitmentForm(CommitmentForm):
    party = Party.LEAD
    explanation = _(
        "From yours and the parties' it follows who inspects. They are kept here encrypted, because the draw needs "
        "them; each is published when the last record of its tier is sealed."
    )
    keep = forms.ChoiceField(choices=(("here", "here"),), initial="here", widget=forms.HiddenInput)


class ContractorCommitmentForm(CommitmentForm):
    party = Party.CONTRACTOR


class WorkshopCommitmentForm(CommitmentForm):
    party = Party.WORKSHOP


class UnionCommitmentForm(CommitmentForm):
    party = Party.UNION


class RevealForm(LotForm):
    """The tier's nonce: as it is kept here, or typed."""

    party: Party
    heading = _("Reveal your nonce")
    button = _("Reveal it")
    said = _("Revealed. Everybody sees it now.")
    template = "lots/_reveal.html"

    nonce = forms.CharField(label=_("The nonce"), max_length=128, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.due = ceremony.due_of(self.lot, self.party)
        self.kept = self.due is not None and self.due.kept is not None
        if not self.kept:
            self.fields["nonce"].required = True
            self.fields["nonce"].error_messages["required"] = gettext("You kept this nonce yourself: type it in.")

    def clean_nonce(self) -> str:
        return str(self.cleaned_data["nonce"]).strip().lower()

    def save(self, held: Turn) -> None:
        lot = course.lot_of(held.case)
        one = ceremony.show(lot, self.party, self.cleaned_data["nonce"], by=held.actor, seat=held.seat)
        held.complete(data={"party": self.party, "round": lot.round, "tier": lot.tier, "nonce": one.nonce})


class ContractorRevealForm(RevealForm):
    party = Party.CONTRACTOR


class WorkshopRevealForm(RevealForm):
    party = Party.WORKSHOP


class UnionRevealForm(RevealForm):
    party = Party.UNION


class DrawingForm(LotForm):
    heading = _("Draw")
    explanation = _(
        "Seed, jobs and inspectors follow from what was revealed. It is done once; there is no second draw."
    )
    button = said = _("Draw now")

    def save(self, held: Turn) -> None:
        lot = course.lot_of(held.case)
        if Draw.objects.filter(lot=lot, tier=lot.tier).exists():
            raise BadMove(gettext("It is drawn already; there is no second draw."))
        held.complete(data={"tier": lot.tier})


class DecisionForm(LotForm):
    heading = _("Decide the lot")
    button = said = _("Confirm the decision")
    template = "lots/_decision.html"

    words = TextField(label=_("Remarks (published)"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.verdict = deciding.verdict_of(self.lot)
        self.unchecked = deciding.unchecked(self.lot)
        self.replies = results.replies_out(self.lot)

    def save(self, held: Turn) -> None:
        lot = course.lot_of(held.case)
        if results.replies_out(lot):
            raise BadMove(gettext("A finding of this lot is still to be confirmed or withdrawn."))
        lot.decision = self.cleaned_data["words"]
        lot.save(update_fields=["decision"])
        held.complete(self.cleaned_data["words"])


FORMS: dict[str, type[forms.Form]] = {
    "freezing": FreezingForm,
    "lead_commitment": LeadCommitmentForm,
    "contractor_commitment": ContractorCommitmentForm,
    "workshop_commitment": WorkshopCommitmentForm,
    "union_commitment": UnionCommitmentForm,
    "contractor_reveal": ContractorRevealForm,
    "workshop_reveal": WorkshopRevealForm,
    "union_reveal": UnionRevealForm,
    "drawing": DrawingForm,
    "decision": DecisionForm,
}

"""A proposal that a round looked at: in, or out and why; and what came of it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.engine.models import Case
from workflows.organisation.models import Person


class Out(models.TextChoices):
    """Why a proposal is no candidate, or is one no longer."""

    EARLIER = "earlier", _("Awarded before, by the imported history")
    OTHER_ROUND = "other_round", _("Stands in another round that is not confirmed yet")
    NOT_IMPLEMENTED = "not_implemented", _("Not implemented yet")
    LATER = "later", _("Implemented after the cut-off")
    OFFICER = "officer", _("Taken out by the officer")
    WITHDRAWN = "withdrawn", _("Withdrawn after it was collected")


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(round__case__in=Case.objects.visible_to(person))

    def standing(self) -> Self:
        """In the round, and still."""
        return self.filter(out="")

    def awarded(self) -> Self:
        """With a grade, not waiting for budget and not void."""
        return self.filter(out="", waits=False, void_at=None).exclude(grade="")


class Candidate(models.Model):
    round = models.ForeignKey("awards.AwardRound", models.PROTECT, related_name="candidates")
    proposal = models.ForeignKey("proposals.Proposal", models.PROTECT, related_name="candidacies")
    # As they stood when the round opened: nothing later moves the order.
    level = models.CharField(max_length=8)
    filed_at = models.DateTimeField()
    verified_benefit = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    out = models.CharField(max_length=16, choices=Out.choices, blank=True)
    out_reason = models.CharField(max_length=400, blank=True)  # in the officer's words
    # Put in by hand, by whom and why.
    added_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    added_reason = models.CharField(max_length=400, blank=True)
    # What was reckoned. The score is exact, "247/3"; sums are in yuan.
    score = models.CharField(max_length=80, blank=True)
    rank = models.PositiveIntegerField(null=True, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    unscaled = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    waits = models.BooleanField(default=False)  # above the ceiling: not paid in this round
    void_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.TextField(blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["round", "rank", "filed_at", "pk"]
        indexes = [models.Index(fields=["round", "rank"], name="candidate_by_rank")]
        constraints = [
            models.UniqueConstraint(fields=["round", "proposal"], name="candidate_once_a_round"),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(waits=False, void_at=None, out="") & ~Q(grade=""),
                name="proposal_is_awarded_once",
            ),
            models.CheckConstraint(condition=Q(added_by=None) | ~Q(added_reason=""), name="added_by_hand_says_why"),
            models.CheckConstraint(condition=~Q(out="officer") | ~Q(out_reason=""), name="taken_out_by_hand_says_why"),
            models.CheckConstraint(
                condition=Q(grade="", amount=None, unscaled=None)
                | (~Q(grade="") & Q(amount__gte=0, unscaled__gte=0, rank__gte=1) & ~Q(score="")),
                name="graded_candidate_has_score_rank_and_amount",
            ),
            models.CheckConstraint(
                condition=Q(void_at=None, void_reason="") | (Q(void_at__isnull=False) & ~Q(void_reason="")),
                name="void_award_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)

    @property
    def level_words(self) -> str:
        """班组采纳: at which level it was accepted."""
        words = {
            "team": _("accepted by the team"), "section": _("accepted by the section"),
            "workshop": _("accepted by the workshop"),
        }  # fmt: skip
        return str(words.get(self.level, ""))

    @property
    def is_awarded(self) -> bool:
        return bool(self.grade) and not self.out and not self.waits and self.void_at is None

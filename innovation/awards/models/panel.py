"""The judges of a round and their marks: sealed under a key that the database never sees, until all open together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Seat(models.Model):
    """A judge of a round. Published records say J1 … Jn; places are drawn, so that no order tells whose is which."""

    round = models.ForeignKey("awards.AwardRound", models.PROTECT, related_name="seats")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    instead_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="substitutes")
    sealed_at = models.DateTimeField(null=True, blank=True)
    sealed_seq = models.PositiveIntegerField(null=True, blank=True)  # of the entry that holds the marks
    late = models.BooleanField(default=False)  # did not seal by the deadline: named

    class Meta:
        ordering = ["round", "place"]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="judge_once_a_round"),
            models.UniqueConstraint(fields=["round", "place"], name="judge_place_once"),
            models.CheckConstraint(condition=Q(place__gte=1), name="judge_places_begin_at_one"),
            models.CheckConstraint(condition=Q(late=False) | Q(sealed_at=None), name="late_judge_did_not_seal"),
        ]

    @property
    def name(self) -> str:
        return f"J{self.place}"


class Recusal(models.Model):
    """A judge who may not mark a candidate, and by which relation; how often it was tried all the same."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="recusals")
    candidate = models.ForeignKey("awards.Candidate", models.PROTECT, related_name="recusals")
    relation = models.CharField(max_length=30)  # author, co_author, own_team, superior, tie
    refused = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat", "candidate"], name="recusal_once_a_seat")]


class Sheet(models.Model):
    """One judge's marks of one candidate.

    `draft` is ciphertext until all open: what the judge wrote so far, revised until sealed. `marks` is empty until
    then: {criterion: 0 … 100}.
    """

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="sheets")
    candidate = models.ForeignKey("awards.Candidate", models.PROTECT, related_name="sheets")
    draft = models.BinaryField(null=True)
    marks = models.JSONField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seat", "candidate"], name="sheet_once_a_seat")]

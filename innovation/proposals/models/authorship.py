"""Who wrote a proposal, and which part of it is theirs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from workflows.organisation.models import Person


class AuthorshipQuerySet(models.QuerySet["Authorship"]):
    def visible_to(self, person: Person) -> AuthorshipQuerySet:
        from innovation.proposals.models.proposal import Proposal

        return self.filter(proposal__in=Proposal.objects.visible_to(person))


class Authorship(models.Model):
    """The first author stands at place 1. Shares are whole parts of any sum: 5 : 3 : 1."""

    proposal = models.ForeignKey("proposals.Proposal", models.PROTECT, related_name="authorships")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="authorships")
    place = models.PositiveSmallIntegerField()
    share = models.PositiveIntegerField()

    objects = AuthorshipQuerySet.as_manager()

    class Meta:
        ordering = ["proposal", "place"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "person"], name="author_once_per_proposal"),
            models.UniqueConstraint(fields=["proposal", "place"], name="author_place_once"),
            models.CheckConstraint(condition=Q(share__gte=1), name="share_is_a_positive_whole_part"),
            models.CheckConstraint(condition=Q(place__gte=1), name="author_places_begin_at_one"),
        ]

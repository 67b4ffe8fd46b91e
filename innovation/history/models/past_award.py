"""An award that the plant gave before this product was there."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from innovation.proposals.models import Proposal
from workflows.organisation.models import Person, Unit, UnitKind
from workflows.organisation.roles import paths_seen_by


class PastAwardQuerySet(models.QuerySet["PastAward"]):
    def visible_to(self, person: Person) -> Self:
        """Awards are public in their workshop; beyond it they are seen by place in the unit tree."""
        own = person.unit.at_level(UnitKind.WORKSHOP)
        condition = Q(pk__in=[])
        for path in [*paths_seen_by(person), *([own.path] if own else [])]:
            condition |= Q(workshop__path__startswith=path) | Q(unit__path__startswith=path)
        return self.filter(condition)

    def of(self, workshop: Unit) -> Self:
        return self.filter(workshop=workshop)


class PastAward(models.Model):
    """`key` is what tells one from another in its workshop: the number, or where there is none a digest of title,
    month and unit. `digest` is that of the whole row, so that the same row again is known for the same.
    """

    workshop = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    number = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=120)
    month = models.DateField()  # its first day
    grade = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    saving = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    done = models.TextField(blank=True)
    problems = models.ManyToManyField("proposals.Problem", related_name="past_awards", blank=True)
    # The proposal of this product that was awarded by it; by number, or by the officer's own hand.
    proposal = models.ForeignKey(
        "proposals.Proposal", models.PROTECT, null=True, blank=True, related_name="past_awards"
    )
    linked_by = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="+")
    upload = models.ForeignKey("history.Upload", models.PROTECT, related_name="awards")
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()  # the server's clock: nothing is back-dated
    search = SearchVectorField(null=True, editable=False)

    objects = PastAwardQuerySet.as_manager()

    class Meta:
        ordering = ["-month", "number", "pk"]
        indexes = [
            GinIndex(fields=["search"], name="past_award_search"),
            models.Index(fields=["workshop", "-month"], name="past_award_by_month"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "key"], name="past_award_comes_in_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="past_award_month_is_its_first_day"),
            models.CheckConstraint(
                condition=(Q(amount=None) | Q(amount__gte=0)) & (Q(saving=None) | Q(saving__gte=0)),
                name="past_award_sums_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    def link(self, proposal: Proposal | None, *, by: Person | None) -> None:
        self.proposal, self.linked_by = proposal, by if proposal else None
        self.save(update_fields=["proposal", "linked_by"])

    @staticmethod
    def month_of(text: str) -> date:
        """From "2024-03"."""
        year, month = text.split("-")
        return date(int(year), int(month), 1)


class PastAuthorQuerySet(models.QuerySet["PastAuthor"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(award__in=PastAward.objects.visible_to(person))


class PastAuthor(models.Model):
    """Somebody named in the file. `person` is the account of that number, if there is one."""

    award = models.ForeignKey(PastAward, models.PROTECT, related_name="authors")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    employee_no = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="past_awards")
    share = models.PositiveIntegerField()

    objects = PastAuthorQuerySet.as_manager()

    class Meta:
        ordering = ["award", "place"]
        constraints = [
            models.UniqueConstraint(fields=["award", "place"], name="past_author_place_once"),
            models.CheckConstraint(condition=Q(share__gte=1), name="past_share_is_a_positive_whole_part"),
        ]

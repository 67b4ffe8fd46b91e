"""One line of the forecast's calculation."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.organisation.models import Person


class ForecastLineQuerySet(models.QuerySet["ForecastLine"]):
    def visible_to(self, person: Person) -> ForecastLineQuerySet:
        from innovation.proposals.models.proposal import Proposal

        return self.filter(proposal__in=Proposal.objects.visible_to(person))


class ForecastLine(models.Model):
    """`amount` = quantity × unit value, rounded half up to the fen (see forecast.py); an added cost counts against."""

    class Kind(models.TextChoices):
        SAVING = "saving", _("Saving")
        ADDED_COST = "added_cost", _("Added cost")

    proposal = models.ForeignKey("proposals.Proposal", models.PROTECT, related_name="lines")
    place = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SAVING)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit_value = models.DecimalField(max_digits=14, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    objects = ForecastLineQuerySet.as_manager()

    class Meta:
        ordering = ["proposal", "place"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "place"], name="forecast_line_place_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, unit_value__gte=0, amount__gte=0), name="forecast_line_is_not_negative"
            ),
        ]

    @property
    def signed(self) -> Decimal:
        return -self.amount if self.kind == self.Kind.ADDED_COST else self.amount

    @property
    def quantity_shown(self) -> str:
        return _trimmed(self.quantity, least=0)

    @property
    def unit_value_shown(self) -> str:
        return _trimmed(self.unit_value, least=2)


def _trimmed(number: Decimal, *, least: int) -> str:
    """1,450 and 18,500.00 and 0.5583: no more places than were typed, money no less than two."""
    places = max(least, -int(number.normalize().as_tuple().exponent))
    return f"{number:,.{places}f}"

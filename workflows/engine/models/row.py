"""What a kind knows of a case beyond number, title and course: one row beside it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from workflows.engine.models.case import Case
from workflows.organisation.models import Person


class CaseRowQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Person) -> Self:
        """Who may read the case may read its row."""
        return self.filter(case__in=Case.objects.visible_to(person))


class CaseRow(models.Model):
    """Base of a kind's row. A case knows its own by the name of the class, in small letters."""

    case = models.OneToOneField("engine.Case", models.PROTECT, related_name="%(class)s")

    objects = CaseRowQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.case)

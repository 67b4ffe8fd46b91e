"""The unit tree: group, company, workshop 车间, section 工段, team 班组, and contractors 外委单位."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from workflows.store.prepared import Given, IsOneOf, Prepared

if TYPE_CHECKING:
    from workflows.organisation.models.person import Person


class UnitKind(models.TextChoices):
    GROUP = "group", _("Group")
    COMPANY = "company", _("Company")
    WORKSHOP = "workshop", _("Workshop")
    SECTION = "section", _("Section")
    TEAM = "team", _("Team")
    CONTRACTOR = "contractor", _("Contractor")


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, *paths: str) -> UnitQuerySet:
        """Units at or below any of the given paths."""
        condition = models.Q(pk__in=[])
        for path in paths:
            condition |= models.Q(path__startswith=path)
        return self.filter(condition)

    def active(self) -> UnitQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, person: Person) -> UnitQuerySet:
        """What lies under the places that the person sees or administers, and the way up from them by name."""
        from workflows.organisation.roles import places_known_to

        paths = places_known_to(person)
        above = {int(part) for path in paths for part in path.strip("/").split("/")}
        return self.under(*paths) | self.filter(pk__in=above)

    def administered_by(self, person: Person) -> UnitQuerySet:
        from workflows.organisation.authority import administered_paths

        return self.under(*administered_paths(person))

    def overseen_by(self, person: Person) -> UnitQuerySet:
        """The administration's pages: an administrator's units, and an observer's to read."""
        from workflows.organisation.authority import overseen_paths

        return self.under(*overseen_paths(person))

    def above(self, path: str) -> UnitQuerySet:
        """The unit of this path and all above it, root first."""
        ids = [int(part) for part in path.strip("/").split("/") if part]
        return self.filter(pk__in=ids).order_by(Length("path"))


class Unit(models.Model):
    """One place in the tree. `path` holds the ids from the root down, as `/1/5/9/`."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    path = models.CharField(max_length=255, unique=True, editable=False)
    fallback = models.ForeignKey(
        "organisation.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("fallback person"),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    # Names from the root down, where a page has read the whole tree anyway.
    names_above: list[str] | None = None

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        indexes = [models.Index(fields=["path"], name="unit_path_prefix", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the path. Moving a unit with its subtree is `units.move_unit`, which rewrites the paths below."""
        if self.pk is None:
            self.path = f"new:{self.code}"
            super().save(*args, **kwargs)
            kwargs["force_insert"] = False
        base = self.parent.path if self.parent else "/"
        self.path = f"{base}{self.pk}/"
        super().save(*args, **kwargs)

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root to this unit, itself last."""
        return [int(part) for part in self.path.strip("/").split("/")]

    @property
    def depth(self) -> int:
        return self.path.count("/") - 2

    def at_level(self, kind: str) -> Unit | None:
        """The nearest unit of this kind at or above, or None."""
        return next(iter(_NEAREST(ids=self.ancestor_ids, kind=kind)), None)


def _nearest() -> models.QuerySet[Unit]:
    above = Unit.objects.filter(IsOneOf(models.F("pk"), Given("ids")), kind=Given("kind"))
    return above.order_by("-path")[:1]


_NEAREST = Prepared(_nearest)

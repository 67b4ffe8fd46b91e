"""The unit tree at hand, read once a page: names, what a person may pick, and which branch a unit is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os.path import commonprefix

from workflows.organisation.models import Person, Unit, UnitKind
from workflows.organisation.roles import places_known_to


@dataclass(frozen=True)
class Place:
    pk: int
    name: str
    kind: str
    path: str
    code: str

    @property
    def number(self) -> str:
        return str(self.pk)


class Places:
    def __init__(self, found: Iterable[Place], known: Iterable[str]) -> None:
        self.all = {place.pk: place for place in found}
        self.known = list(known)

    @classmethod
    def known_to(cls, person: Person) -> Places:
        """One statement, whatever the plant's size."""
        rows = Unit.objects.order_by("path").values_list("pk", "name", "kind", "path", "code")
        return cls((Place(*row) for row in rows), places_known_to(person))

    def __getitem__(self, pk: int) -> Place:
        return self.all[pk]

    def shown(self, number: str) -> Place | None:
        """The unit of this number, if the person may pick it."""
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        place = self.all.get(int(number))
        return place if place is not None and self._is_known(place) else None

    @property
    def choices(self) -> list[Place]:
        return [p for p in self.all.values() if p.kind != UnitKind.CONTRACTOR and self._is_known(p)]

    def _is_known(self, place: Place) -> bool:
        return any(place.path.startswith(path) for path in self.known)

    def branches(self, units: Iterable[int], base: str | None = None) -> dict[int, int]:
        """Each unit → the branch it is in, one level below `base`, or below what they all have in common."""
        paths = {unit: self.all[unit].path for unit in units}
        if base is None:
            common = commonprefix(list(paths.values()))  # noqa: RUF071 (cut back to a whole unit below)
            base = common[: common.rfind("/") + 1]
        return {unit: _below(path, base) for unit, path in paths.items()}


def _below(path: str, base: str) -> int:
    """The first unit under `base` on the way to `path`; at the base itself, the base."""
    rest = path[len(base) :].strip("/")
    return int((rest or base.strip("/").rpartition("/")[2]).partition("/")[0])

"""Two versions of rules side by side, clause by clause."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.engine.kinds import Clauses


@dataclass(frozen=True)
class Clause:
    label: str
    before: str
    value: str

    @property
    def changed(self) -> bool:
        return self.before != self.value


@dataclass(frozen=True)
class Section:
    title: str
    clauses: list[Clause]

    @property
    def changed(self) -> list[Clause]:
        return [clause for clause in self.clauses if clause.changed]

    @property
    def same(self) -> list[Clause]:
        return [clause for clause in self.clauses if not clause.changed]

    @property
    def changes(self) -> int:
        return len(self.changed)


def compare(after: list[Clauses], before: list[Clauses] | None) -> list[Section]:
    """With nothing before, nothing has changed."""
    old = {(str(s.title), label): value for s in before or [] for label, value in s.rows}
    return [
        Section(
            str(section.title),
            [
                Clause(label, value if before is None else old.get((str(section.title), label), "—"), value)
                for label, value in section.rows
            ],
        )
        for section in after
    ]

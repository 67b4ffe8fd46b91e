"""A time that passes: the case stands at a step at which nobody acts, until its moment comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.engine.models.step import Mode
from workflows.engine.nodes.human_step import HumanStep


def _nobody(case: Any) -> list[Any]:
    return []


class Pause(HumanStep):
    """`until(case) -> datetime`: when it goes on to `.Next`, by every step's clock; a held case waits longer."""

    def __init__(self, title: Any, *, until: Callable[..., Any]) -> None:
        super().__init__(title, people=_nobody, due=until, deciding=False, mendable=False, mode=Mode.PAUSE)

    def Next(self, node: Any) -> Pause:
        super().Next(node)
        self._lapsed = node
        return self

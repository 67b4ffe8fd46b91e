"""Acting on an invented case through the very form that a person would fill in."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from config.demo.latest import picture
from workflows.engine import independence, kinds
from workflows.engine.models import Case, WorkItem
from workflows.engine.turn import turn
from workflows.organisation import roles
from workflows.organisation.models import Person


class Hands:
    """Whoever's turn it is does what the step asks for."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def node(self, case: Case) -> str:
        found = WorkItem.objects.filter(case=case, state="open").values_list("step__node", flat=True).first()
        return found or ""

    def fill(self, case: Case, typed: dict[str, Any], photos: str = "") -> None:
        """Fill in the step's form; `photos`: the field that wants one."""
        item = self._item(case)
        with turn(actor=self._actor(case, item), case_id=case.pk, item_id=item.pk, token=self.token()) as held:
            made: Any = kinds.get(case.kind).forms[item.step.node]
            files = MultiValueDict({photos: [self.photo()]} if photos else {})
            form = made(typed, files, turn_case=held.case, person=held.actor)
            assert form.is_valid(), f"{item.step.node}: {form.errors}"
            form.save(held)

    def decide(self, case: Case, verb: str, reason: str = "") -> None:
        item = self._item(case)
        with turn(actor=self._actor(case, item), case_id=case.pk, item_id=item.pk, token=self.token()) as held:
            getattr(held, verb)(reason)

    def _item(self, case: Case) -> WorkItem:
        return WorkItem.objects.filter(case=case, state="open").select_related("person", "step").order_by("pk")[0]

    def _actor(self, case: Case, item: WorkItem) -> Person:
        if item.person is not None:
            return item.person
        pool = [held.person for held in roles.holders(item.role, item.unit_id or 0)]
        free = [person for person in pool if independence.why_not(case, person) is None]
        return self.chance.choice(free)

    def may(self, case: Case) -> bool:
        """Is there anybody who could?"""
        item = WorkItem.objects.filter(case=case, state="open").select_related("person", "step").order_by("pk").first()
        if item is None or item.person is not None:
            return item is not None
        pool = [held.person for held in roles.holders(item.role, item.unit_id or 0)]
        return any(independence.why_not(case, person) is None for person in pool)

    def photo(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("photo.jpg", picture(self.chance), content_type="image/jpeg")

    def token(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

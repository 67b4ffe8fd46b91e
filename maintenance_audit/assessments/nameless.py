"""The register holds problems of processes, never of persons: a text that names somebody is not taken.

A name is looked for where a person can stand, between what may come before and after one: 石坚 in 石坚硬 is nobody.
What stands so but may be a word as well is refused with a way to say that it is no person; a name with a title, or
after the word for a number, is somebody in any case.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import StrIndex

from workflows.organisation.models import Person

SHORTEST = 2  # a name of one character stands in too many words
MOST = 3
# What may stand right before a person, and right after one; after the first few somebody is expected, whatever follows.
EXPECTED = "由让找请派归叫被替"
BEFORE = "由是让找给叫和与及跟同请对被因把向经派归交问怪如即为天日时后前上下班段组员工长人间位了着过到在有"
AFTER = (
    "没未不负说把等和与及的要应在去来已将拿交签漏忘做干填到是有会又也都就还曾用给对被向从因自请休当管带领让叫找收写报"
)
TITLES = (
    "师傅",
    "班长",
    "段长",
    "主任",
    "经理",
    "同志",
    "工程师",
    "书记",
    "队长",
    "组长",
    "厂长",
    "部长",
    "科长",
    "某",
    "老师",
)
NUMBERED = ("工号", "员工号", "人员号", "员工")


@dataclass(frozen=True)
class Named:
    """`sure`: nobody takes it for a word."""

    name: str
    sure: bool


def named_in(text: str) -> list[Named]:
    """People, whoever they are, whom the text names, by name or number. One statement."""
    said = Value(text, output_field=CharField())
    people = Person.objects.annotate(by_name=StrIndex(said, F("name")), by_number=StrIndex(said, F("employee_no")))
    found = people.filter(Q(by_name__gt=0, name__regex=r"^.{2,}$") | Q(by_number__gt=0)).order_by("name")
    told: dict[str, bool] = {}
    for name, number in found.values_list("name", "employee_no"):
        for one, sure in ((name, _by_name(text, name)), (number, _by_number(text, number))):
            if sure is not None:
                told[one] = told.get(one, False) or sure
    return [Named(name, sure) for name, sure in told.items()]


def refused_in(text: str, confirmed: Collection[str] = ()) -> list[Named]:
    """What keeps the text from being taken, given what was said to be no person."""
    return [one for one in named_in(text) if one.sure or one.name not in confirmed][:MOST]


def _by_name(text: str, name: str) -> bool | None:
    """None: nobody stands there. True: somebody in any case."""
    if len(name) < SHORTEST:
        return None
    found = None
    for place in re.finditer(re.escape(name), text):
        before, after = text[: place.start()], text[place.end() :]
        if after.startswith(TITLES):
            return True
        expected = before.endswith(tuple(EXPECTED))
        if expected or (_may_stand(before[-1:], BEFORE) and _may_stand(after[:1], AFTER)):
            found = found or False
    return found


def _by_number(text: str, number: str) -> bool | None:
    """A number of its own, not part of a longer one."""
    found = None
    for place in re.finditer(rf"(?<![\w.-]){re.escape(number)}(?![\w-]|\.\d)", text, re.ASCII):
        before = text[: place.start()].rstrip(" :：#")
        if before.endswith(NUMBERED):
            return True
        found = found or False
    return found


def _may_stand(beside: str, among: str) -> bool:
    """At the end of the text, beside a mark or a space, or beside one of these."""
    return not beside or not beside.isalnum() or beside in among

"""The sign-ins that `make demo` prints."""

from __future__ import annotations

from pathlib import Path

from django.db.models import Q

from config.demo.people import PASSWORD, Plant
from workflows.engine.models import WorkItem
from workflows.organisation.models import Person, Role

SHOWN = (
    ("提案人 Proposer", None),
    ("班长 Team leader", Role.TEAM_LEADER),
    ("工段长 Section chief", Role.SECTION_CHIEF),
    ("车间评审 Workshop reviewer", Role.WORKSHOP_REVIEWER),
    ("创新专员 Innovation officer", Role.INNOVATION_OFFICER),
    ("评委 Judge", Role.JUDGE),
    ("财务核定 Finance verifier", Role.FINANCE_VERIFIER),
    ("规则发布人 Rule publisher", Role.RULE_PUBLISHER),
    ("监督员 Observer", Role.OBSERVER),
    ("检修计划员 Maintenance planner", Role.MAINTENANCE_PLANNER),
    ("抽检员 Inspector", Role.INSPECTOR),
    ("督查负责人 Audit lead", Role.AUDIT_LEAD),
    ("外委单位 Contractor", Role.CONTRACTOR),
    ("工会代表 Union representative", Role.UNION_REPRESENTATIVE),
    ("管理员 Administrator", Role.ADMINISTRATOR),
)

# Of several who hold the role: whoever has some of this to do. Who that is depends on the draws, and so on the day.
HAS_TO_DO = {
    Role.MAINTENANCE_PLANNER: ("job", "lot"),
    Role.INSPECTOR: ("inspection",),
    Role.AUDIT_LEAD: ("lot", "adjudication"),
    Role.CONTRACTOR: ("lot", "finding"),
    Role.UNION_REPRESENTATIVE: ("lot",),
}


def write(plant: Plant, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(plant), "utf-8")


def text(plant: Plant) -> str:
    lines = [f"  密码 password: {PASSWORD}"]
    team = plant.teams[plant.sections[0].pk][0]
    holding = {p.pk for people in plant.holders.values() for p in people}
    for label, role in SHOWN:
        people = [one for (held, _unit), them in plant.holders.items() if held == role for one in them]
        if role is not None and not people:
            continue
        if role in HAS_TO_DO:
            people = [*_with_work(plant, role), *people]
        if role is None:
            people = [p for p in plant.members[team.pk] if p.pk not in holding and not p.must_change_password]
        person = people[0]
        lines.append(f"  {person.employee_no}  {person.name}  {label}（{person.unit.name}）")
    operator = plant.holders[(Role.ADMINISTRATOR, plant.company.pk)][0]
    lines.append(f"  {operator.employee_no}  {operator.name}  运维 Operator（{operator.unit.name}）")
    newcomer = next(p for p in plant.people if p.must_change_password)
    lines.append(f"  {newcomer.employee_no}  {newcomer.name}  首次登录要改密码 must change the first password")
    return "\n".join(lines) + "\n"


def _with_work(plant: Plant, role: str) -> list[Person]:
    """By name first, then whose pool it waits in: all of these kinds, in the order in which people were hired."""
    waits = WorkItem.objects.filter(state=WorkItem.State.OPEN, case__kind__in=HAS_TO_DO[role])  # type: ignore[index]
    named = set(waits.filter(~Q(person=None)).values_list("person_id", flat=True))
    pools = set(waits.filter(person=None, role=role).values_list("unit_id", flat=True))
    held = [(unit, one) for (what, unit), them in plant.holders.items() if what == role for one in them]
    return [one for _unit, one in held if one.pk in named] + [one for unit, one in held if unit in pools]

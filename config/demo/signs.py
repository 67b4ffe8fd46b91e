"""The sign-ins that `make demo` prints."""

from __future__ import annotations

from pathlib import Path

from config.demo.people import PASSWORD, Plant
from workflows.organisation.models import Role

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


def write(plant: Plant, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(plant), "utf-8")


def text(plant: Plant) -> str:
    lines = [f"  密码 password: {PASSWORD}"]
    team = plant.teams[plant.sections[0].pk][0]
    holding = {p.pk for people in plant.holders.values() for p in people}
    for label, role in SHOWN:
        people = next((people for (held, _unit), people in plant.holders.items() if held == role), [])
        if role is not None and not people:
            continue
        if role is None:
            people = [p for p in plant.members[team.pk] if p.pk not in holding and not p.must_change_password]
        person = people[0]
        lines.append(f"  {person.employee_no}  {person.name}  {label}（{person.unit.name}）")
    operator = plant.holders[(Role.ADMINISTRATOR, plant.company.pk)][0]
    lines.append(f"  {operator.employee_no}  {operator.name}  运维 Operator（{operator.unit.name}）")
    newcomer = next(p for p in plant.people if p.must_change_password)
    lines.append(f"  {newcomer.employee_no}  {newcomer.name}  首次登录要改密码 must change the first password")
    return "\n".join(lines) + "\n"

"""What stories about the register begin with: its keepers, and a few things in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from maintenance_audit.register import content, drafting, keeping
from maintenance_audit.register.models import ClaimTemplate, Contractor, Equipment, FailureCode, WorkKind
from tests.plant import Plant, _Builder
from workflows.organisation.models import Person, Role


class RegisterStory:
    """`planner` keeps the workshop's register, `section_planner` that of 闪速炉工段; `lead` publishes."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        make = _Builder()
        make.number = Person.objects.count() + 20000
        self.planner = make.person("齐修", plant.workshop, "检修计划员")
        self.section_planner = make.person("江检", plant.section, "检修计划员")
        self.lead = make.person("督成", plant.workshop, "督查负责人")
        plant.hold(self.planner, Role.MAINTENANCE_PLANNER, plant.workshop)
        plant.hold(self.section_planner, Role.MAINTENANCE_PLANNER, plant.section)
        plant.hold(self.lead, Role.AUDIT_LEAD, plant.workshop)

    def equipment(self, tag: str = "SSL-101", name: str = "闪速炉本体", **more: Any) -> Equipment:
        given = {"unit": self.plant.section, "place": "主厂房 15 米"} | more
        return keeping.add_equipment(actor=self.planner, tag=tag, name=name, **given)

    def failure(self, code: str = "LX", name: str = "漏泄") -> FailureCode:
        return keeping.add_code(FailureCode, actor=self.planner, code=code, name=name)

    def kind(self, code: str = "BZX", name: str = "泵类检修") -> WorkKind:
        return keeping.add_code(WorkKind, actor=self.planner, code=code, name=name)

    def contractor(self, **more: Any) -> Contractor:
        given = {"scope": "筑炉、机电检修", "valid_until": date(2027, 12, 31), "contact": "杜工"} | more
        return keeping.register_contractor(actor=self.planner, unit=self.plant.contractor, **given)

    def draft(self, kind: WorkKind, *items: dict[str, Any], read: str = "", note: str = "首版") -> ClaimTemplate:
        said = {"items": list(items or (row("hours", "检修工时", "h", "percent", "10"),)), "checks": CHECKS}
        return drafting.write(actor=self.planner, work_kind=kind, content=said, note=note, read=read)

    def template(self, kind: WorkKind, *items: dict[str, Any]) -> ClaimTemplate:
        """Published."""
        draft = self.draft(kind, *items)
        return drafting.publish(actor=self.lead, template=draft, read=self.read(draft))

    @staticmethod
    def read(draft: ClaimTemplate) -> str:
        return content.digest_of(content.content_of(draft))


CHECKS = [{"text": "位号与委托单一致", "seen": "both"}]


def row(
    kind: str, label: str, measure: str = "", tolerance: str = "judged", allowed: str | None = None, **more: Any
) -> dict[str, Any]:
    said = {"key": "", "kind": kind, "label": label, "measure": measure, "tolerance": tolerance, "allowed": allowed}
    return said | {"seen": "both", "severity": "major", "required": True} | more

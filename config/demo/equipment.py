"""The register of the invented plant: equipment of each section, failure codes, kinds of work, claim templates."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.demo.people import Plant
from maintenance_audit.register import drafting
from maintenance_audit.register.keeping import facts_of, subject_of
from maintenance_audit.register.models import ClaimTemplate, Equipment, FailureCode, WorkKind
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import injected
from workflows.organisation.models import Person, Role

# By section code: tag · name · place.
TAGS: dict[str, list[tuple[str, str, str]]] = {
    "SSL": [
        ("SSL-101", "闪速炉本体", "主厂房 15 米"), ("SSL-102", "精矿喷嘴", "炉顶平台"),
        ("SSL-103", "沉淀池冷却水套", "沉淀池东墙"), ("SSL-104", "反应塔冷却水套", "反应塔三段"),
        ("SSL-105", "上升烟道", "炉尾"), ("SSL-106", "锍口水冷套", "锍口 2 号"),
        ("SSL-107", "渣口水冷套", "渣口 1 号"), ("SSL-108", "炉体弹簧拉杆", "炉底钢梁"),
        ("SSL-109", "风根秤给料机", "精矿仓下"), ("SSL-110", "富氧混合器", "鼓风间"),
        ("SSL-201", "余热锅炉辐射室", "锅炉间二层"), ("SSL-202", "余热锅炉对流区管束", "锅炉间三层"),
        ("SSL-203", "强制循环泵 A", "锅炉间一层"), ("SSL-204", "强制循环泵 B", "锅炉间一层"),
        ("SSL-205", "锅炉振打装置", "锅炉间三层"), ("SSL-206", "锅炉刮板输灰机", "灰斗下"),
        ("SSL-301", "1 号电收尘器", "收尘区"), ("SSL-302", "2 号电收尘器", "收尘区"),
        ("SSL-303", "高温风机", "风机房"), ("SSL-304", "埋刮板输送机", "收尘器下"),
        ("SSL-401", "75 吨冶金桥式起重机", "主厂房 21 米"), ("SSL-402", "2 号精矿皮带机", "上料通廊"),
        ("SSL-403", "蒸汽干燥机", "干燥间"), ("SSL-404", "炉体循环水泵", "循环水泵房"),
    ],
    "ZX": [
        ("ZX-101", "颚式破碎机", "破碎间"), ("ZX-102", "1 号皮带输送机", "破碎廊"),
        ("ZX-103", "半自磨机", "磨矿间"), ("ZX-104", "球磨机", "磨矿间"),
        ("ZX-105", "旋流器组", "磨矿间三层"), ("ZX-106", "渣浆泵 A", "泵坑"),
        ("ZX-107", "渣浆泵 B", "泵坑"), ("ZX-108", "浮选机组", "浮选间"),
        ("ZX-109", "搅拌槽", "浮选间"), ("ZX-110", "浓密机", "室外"),
        ("ZX-111", "陶瓷过滤机", "脱水间"), ("ZX-112", "尾矿泵", "尾矿泵房"),
        ("ZX-113", "磨机稀油站", "磨矿间地坑"), ("ZX-114", "浮选鼓风机", "风机房"),
        ("ZX-115", "10 吨电动葫芦", "磨矿间"), ("ZX-116", "加药机", "药剂间"),
        ("ZX-117", "渣缓冷喷淋管网", "缓冷场"), ("ZX-118", "低压配电柜", "配电室"),
    ],
    "LS": [
        ("LS-101", "SO2 主风机", "风机房"), ("LS-102", "转化器", "转化工序"),
        ("LS-103", "转化热交换器", "转化工序"), ("LS-104", "干燥塔酸泵", "干吸工序"),
        ("LS-105", "一吸塔酸泵", "干吸工序"), ("LS-106", "吸收塔分酸器", "干吸工序"),
        ("LS-107", "阳极保护酸冷器", "干吸工序"), ("LS-108", "一级动力波洗涤器", "净化工序"),
        ("LS-109", "气体冷却塔", "净化工序"), ("LS-110", "一级电除雾器", "净化工序"),
        ("LS-111", "二级电除雾器", "净化工序"), ("LS-112", "稀酸板式换热器", "净化工序"),
        ("LS-113", "稀酸泵", "净化工序"), ("LS-114", "成品酸泵", "酸库"),
        ("LS-115", "1 号酸罐", "酸库"), ("LS-116", "循环水冷却塔", "循环水站"),
        ("LS-117", "尾气脱硫塔", "尾气工序"), ("LS-118", "高压配电柜", "配电室"),
    ],
}  # fmt: skip
# Where the plant's sections are called otherwise, their equipment is of these.
PLAIN = [
    ("101", "循环水泵", "泵房"), ("102", "皮带输送机", "通廊"), ("103", "除尘风机", "风机房"),
    ("104", "液压站", "地坑"), ("105", "桥式起重机", "厂房跨"), ("106", "斗式提升机", "转运站"),
    ("107", "配电柜", "配电室"), ("108", "空压机", "空压站"),
]  # fmt: skip
FAILURES = [
    ("LX", "漏泄"), ("MS", "磨损"), ("DL", "断裂"), ("SH", "烧坏"), ("DS", "堵塞"), ("SD", "松动"),
    ("ZD", "振动超标"), ("WD", "温度超标"), ("FS", "腐蚀"), ("JY", "绝缘不良"), ("PY", "跑偏"), ("KZ", "控制失灵"),
]  # fmt: skip
KINDS = [
    ("NCL", "耐火砌筑"), ("BZX", "泵类检修"), ("SPJ", "皮带机检修"), ("FJX", "风机检修"),
    ("GLX", "锅炉受热面检修"), ("DQX", "电气检修"), ("GDF", "管道阀门"), ("QZJ", "起重设备检修"),
]  # fmt: skip


def item(kind: str, label: str, measure: str = "", tolerance: str = "judged", allowed: str | None = None,
         seen: str = "both", severity: str = "major", required: bool = True) -> dict[str, Any]:  # fmt: skip
    return {
        "key": "", "kind": kind, "label": label, "measure": measure, "tolerance": tolerance, "allowed": allowed,
        "seen": seen, "severity": severity, "required": required,
    }  # fmt: skip


BASE = [
    item("hours", "检修工时", "h", "percent", "10", seen="records"),
    item("headcount", "到场人数", "人", "absolute", "1"),
    item("permit", "作业票与能量隔离", seen="records", severity="critical"),
]
OWN: dict[str, list[dict[str, Any]]] = {
    "NCL": [
        item("quantity", "砌筑量", "m³", "percent", "5"),
        item("hidden_work", "砌筑前底层与锚固件", severity="major"),
        item("new_part", "耐火砖型号与批号", seen="both"),
    ],
    "BZX": [
        item("new_part", "更换叶轮或轴承", "件", "exact"),
        item("old_part", "旧件退回", "件", "exact", severity="critical"),
        item("trial_run", "试车振动值", "mm/s", "absolute", "0.5", seen="site"),
    ],
    "SPJ": [
        item("quantity", "更换托辊", "组", "exact"),
        item("old_part", "旧托辊退回", "组", "absolute", "2"),
        item("trial_run", "试车跑偏情况", seen="site"),
    ],
    "FJX": [
        item("new_part", "更换轴承", "套", "exact"),
        item("trial_run", "试车轴承温度", "℃", "absolute", "5", seen="site"),
    ],
    "GLX": [
        item("quantity", "换管长度", "m", "percent", "3"),
        item("hidden_work", "焊口编号与探伤", severity="critical"),
        item("old_part", "旧管退回", "m", "percent", "10"),
    ],
    "DQX": [
        item("new_part", "更换元件", "件", "exact"),
        item("trial_run", "绝缘电阻", "MΩ", "percent", "10", severity="major"),
    ],
    "GDF": [
        item("quantity", "更换管道", "m", "percent", "3"),
        item("new_part", "更换阀门", "台", "exact"),
        item("times", "到场次数", "次", "absolute", "1", severity="minor", required=False),
    ],
    "QZJ": [
        item("new_part", "更换钢丝绳", "m", "percent", "2"),
        item("trial_run", "空载与额定载荷试吊", seen="both", severity="critical"),
    ],
}
CHECKS = [
    {"text": "位号与委托单一致", "seen": "both"},
    {"text": "作业区已清理，护罩、护栏已恢复", "seen": "site"},
    {"text": "旧件有编号、有入库单", "seen": "records"},
    {"text": "作业票的时间与进出场记录对得上", "seen": "records"},
]


@dataclass
class Register:
    """What was seeded: equipment by section id, codes, kinds and the templates in force by kind's code."""

    equipment: dict[int, list[Equipment]] = field(default_factory=dict)
    failures: list[FailureCode] = field(default_factory=list)
    kinds: list[WorkKind] = field(default_factory=list)
    templates: dict[str, ClaimTemplate] = field(default_factory=dict)


@transaction.atomic
def seed(
    plant: Plant,
    chance: random.Random,
    present: datetime,
    *,
    planner: Person | None = None,
    begun: datetime | None = None,
) -> Register:
    """Nothing is drawn, so the same plant has the same register. `planner`: who keeps it, else the first there is;
    `begun`: when it was begun, else three years ago."""
    moment = timezone.make_aware(present) if timezone.is_naive(present) else present
    since = begun or moment - timedelta(days=365 * 3 + 20)
    keeper = planner or _planner(plant)
    found = Register()
    with injected(since):
        _equipment(plant, found, keeper, since)
        _codes(found, keeper, since)
    _templates(plant, found, keeper, since)
    return found


def _planner(plant: Plant) -> Person:
    held = plant.holder(Role.MAINTENANCE_PLANNER, plant.workshop)
    held = held or [p for s in plant.sections for p in plant.holder(Role.MAINTENANCE_PLANNER, s)]
    if not held:
        raise ValueError("the plant needs a maintenance planner before its register")
    return held[0]


def _equipment(plant: Plant, found: Register, keeper: Person, since: datetime) -> None:
    rows = [
        Equipment(tag=tag, name=name, unit=section, place=place)
        for section in plant.sections
        for tag, name, place in _of(section.code.removeprefix("RL-"))
    ]
    Equipment.objects.bulk_create(rows)
    for row in rows:
        found.equipment.setdefault(row.unit_id, []).append(row)
    append_many(_added(row, keeper, since) for row in rows)


def _of(code: str) -> list[tuple[str, str, str]]:
    return TAGS.get(code) or [(f"{code}-{n}", name, place) for n, name, place in PLAIN]


def _codes(found: Register, keeper: Person, since: datetime) -> None:
    found.failures = FailureCode.objects.bulk_create(FailureCode(code=c, name=n) for c, n in FAILURES)
    found.kinds = WorkKind.objects.bulk_create(WorkKind(code=c, name=n) for c, n in KINDS)
    append_many(_added(row, keeper, since) for row in (*found.failures, *found.kinds))


def _added(row: Any, keeper: Person, at: datetime) -> Happening:
    subject = subject_of(row)
    event = f"maintenance_audit.{subject.partition(':')[0]}.added"
    return Happening(subject, event, {"actor": keeper.pk, "after": facts_of(row)}, at=at)


def _templates(plant: Plant, found: Register, keeper: Person, since: datetime) -> None:
    """Drafted by the planner, published by another: one version each, and a second draft that waits."""
    publisher = next(p for p in plant.holder(Role.AUDIT_LEAD, plant.workshop) if p.pk != keeper.pk)
    for kind in found.kinds:
        with injected(since + timedelta(hours=1)):
            draft = drafting.write(actor=keeper, work_kind=kind, content=_content(kind.code), note="首版")
        with injected(since + timedelta(hours=6)):
            read = drafting.digest_of(drafting.content_of(draft))
            found.templates[kind.code] = drafting.publish(actor=publisher, template=draft, read=read)
    later = _content("BZX")
    later["items"][0] = later["items"][0] | {"allowed": "8"}
    drafting.write(actor=keeper, work_kind=found.kinds[1], content=later, note="工时公差由 10 % 收到 8 %")


def _content(code: str) -> dict[str, list[dict[str, Any]]]:
    return {"items": [dict(one) for one in (*BASE, *OWN[code])], "checks": [dict(one) for one in CHECKS]}

"""What people of an invented copper smelter are called and think of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SURNAMES = "秦韩陆高沈白程钟冯梁罗陶苗邵石方纪顾苏管文章莫杜邓贺龚汤尹武乔赖康毛邱崔薛雷侯段孟"
GIVEN = (
    "砺铸锍焰淬锐铖钰炼衡澈冶溪锌坚渣炉澄算晓拟颁识砚钧铭镐锋钊铎锵铮钢鑫淼焱垚森磊岩峰川海江波涛晨曦明亮远宁安康健强"
)

SECTIONS = {
    "闪速炉工段": ("SSL", ("甲班", "乙班", "丙班", "丁班")),
    "渣选工段": ("ZX", ("磨矿班", "浮选班", "钳工班")),
    "硫酸工段": ("LS", ("净化班", "转化班", "仪表班")),
}
POSTS = {
    "SSL": ("炉前工", "上料工", "中控操作工", "点检员"),
    "ZX": ("磨矿工", "浮选工", "钳工", "脱水工"),
    "LS": ("净化工", "转化工", "仪表工", "电工"),
}


@dataclass(frozen=True)
class Idea:
    """`saving` and `cost` in yuan are a typical size; each case varies around it."""

    section: str
    category: str
    title: str
    problem: str
    present: str
    method: str
    equipment: str
    saved: str
    saving: int
    cost: int


def _idea(line: str) -> Idea:
    section, category, title, problem, present, method, equipment, saved, saving, cost = line.strip().split("|")
    return Idea(section, category, title, problem, present, method, equipment, saved, int(saving), int(cost))


def _lines(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _made(device: str, measure: str) -> Idea:
    section, name, tag = device.split("|")
    category, after, problem, present, method, saved, saving, cost = measure.split("|")
    return Idea(section, category, name + after, problem, present, method, tag, saved, int(saving), int(cost))


TOLD = [_idea(line) for line in _lines("ideas.txt")]
MADE = [_made(device, measure) for device in _lines("devices.txt") for measure in _lines("measures.txt")]

APPROVALS = (
    "",
    "",
    "",
    "同意。",
    "数据已与中控核对。",
    "备件库有旧件，可先改一套试。",
    "同意，注意试车期间记录。",
    "现场看过，可行。",
    "投入与效益相当，同意。",
    "建议接入中控趋势。",
)
RETURNS = (
    "缺改前停机时间，请补三个班的记录。",
    "请补改后的草图和尺寸。",
    "效益算法没有写单价来源，请补。",
    "请说明试车失败时怎样复原。",
    "请与设备组核对备件型号。",
)
REJECTIONS = (
    "与氧枪检修通道干涉，不能这样改。",
    "同样的办法 2024 年已做过，效果不明显。",
    "投入过大，回收期超过三年。",
    "安全联锁不能取消，请换办法。",
)
VOTES_AGAINST = ("选型未考虑冲击，请补依据。", "效益估高了。", "与明年技改重复。")
DONE = ("已按图改完，试运行 7 天，效果稳定。", "改造完成，已交班组使用。", "两台都已改完，拍照存档。")
MEASURED = (
    "改后三个月的中控趋势与台账核对。",
    "按备件领用单和停机记录核对，改前改后各三个月。",
    "班组交接班记录统计，财务单价。",
)
VARIANTS = ("", "", "", "（1#）", "（2#）", "（二期）")

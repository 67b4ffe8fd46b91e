"""What a file of jobs may say, by which headers it is guessed, and what the words of a state are.

Whoever has a part in a job is named by employee number, in a column for each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from maintenance_audit.jobs.models import JobState, Part
from workflows.organisation.spreadsheets.columns import bare


@dataclass(frozen=True)
class Field:
    """`headers`: bare, as `columns.bare` makes them; a column is guessed by the first that is there."""

    key: str
    label: Promise | str
    headers: tuple[str, ...]
    longest: int = 40


def _field(key: str, label: Promise | str, headers: str, longest: int = 40) -> Field:
    return Field(key, label, tuple(headers.split()), longest)


FIELDS = (
    _field("number", pgettext_lazy("job column", "Job number"),
           "委托单号 委托号 工单号 单号 编号 jobnumber jobno workorder workordernumber orderno ordernumber number"),
    _field("title", pgettext_lazy("job column", "What has to be done"),
           "检修内容 委托内容 工作内容 项目名称 标题 名称 title shorttext originalshorttext description subject "
           "whathastobedone", 120),
    _field("scope", pgettext_lazy("job column", "Scope of work"),
           "工作范围 检修范围 范围 详细说明 scope scopeofwork longtext", 2000),
    _field("section", pgettext_lazy("job column", "Section"),
           "工段 工段编码 所属工段 委托工段 委托单位 section sectioncode unit", 80),
    _field("failure", pgettext_lazy("job column", "Failure code"),
           "故障码 故障代码 故障模式 失效模式 failurecode failuremode failure fm"),
    _field("work_kind", pgettext_lazy("job column", "Kind of work"), "作业类别 检修类别 工种 workkind kindofwork", 80),
    _field("firm", pgettext_lazy("job column", "Contractor"),
           "外委单位 承包商 承揽单位 检修单位 施工单位 contractor contractorcode firm", 80),
    _field("state", pgettext_lazy("job column", "State"), "状态 委托状态 单据状态 state status"),
    _field("started", pgettext_lazy("job column", "Started on"),
           "开工日期 开始日期 开工时间 startdate started startedon bscstartdate basicstartdate actualstart"),
    _field("completed", pgettext_lazy("job column", "Completed on"),
           "完工日期 完成日期 竣工日期 完工时间 completed completedon completiondate enddate finishdate"),
    _field("accepted", pgettext_lazy("job column", "Accepted on"),
           "验收日期 验收时间 acceptancedate accepted acceptedon"),
    _field("settled", pgettext_lazy("job column", "Settled on"), "结算日期 结算时间 settlementdate settled settledon"),
    _field("warranty", pgettext_lazy("job column", "Warranty until"), "质保期至 保修期至 质保到期 warrantyuntil"),
    _field("hours", pgettext_lazy("job column", "Man-hours"), "工时 检修工时 人工时 hours manhours labourhours"),
    _field("amount", pgettext_lazy("job column", "Amount (¥)"),
           "结算金额 金额 金额元 费用 结算额 总价 amount cost settledamount totalcost"),
    _field("cancelled_why", pgettext_lazy("job column", "Why cancelled"),
           "取消原因 作废原因 cancelreason whycancelled", 200),
    _field(Part.REQUESTER, Part.REQUESTER.label,
           "提出人 提出人工号 申请人 申请人工号 委托人 requester requestedby", 20),
    _field(Part.APPROVER, Part.APPROVER.label, "批准人 批准人工号 审批人 审批人工号 approver approvedby", 20),
    _field(Part.DISPATCHER, Part.DISPATCHER.label, "派工人 派工人工号 派工员 dispatcher dispatchedby", 20),
    _field(Part.SUPERVISOR, Part.SUPERVISOR.label,
           "现场监护人 现场监护人工号 监护人 监护人工号 sitesupervisor supervisor", 20),
    _field(Part.ACCEPTOR, Part.ACCEPTOR.label, "验收人 验收人工号 acceptor acceptedby", 20),
    _field(Part.SETTLER, Part.SETTLER.label, "结算人 结算人工号 结算编制人 settlementpreparer settler settledby", 20),
)  # fmt: skip
BY_KEY = {field.key: field for field in FIELDS}
PEOPLE: tuple[str, ...] = tuple(Part.values)
TAG = ("位号", "设备位号", "设备编号", "设备", "tag", "equipmenttag", "tagno", "equipment", "functionallocation")
# The parts that a tag is composed of where no column has it whole.
TAG_PARTS = (("资产", "asset", "机组"), ("majorsystem", "系统", "subsystem"))
STATES: dict[str, tuple[str, ...]] = {
    JobState.REQUESTED: ("已申请", "申请", "待审批", "requested"),
    JobState.APPROVED: ("已批准", "已审批", "批准", "approved"),
    JobState.DISPATCHED: ("已派工", "派工", "dispatched"),
    JobState.STARTED: ("已开工", "开工", "施工中", "进行中", "started", "inprogress"),
    JobState.COMPLETED: ("已完工", "完工", "待验收", "completed"),
    JobState.ACCEPTED: ("已验收", "验收", "待结算", "accepted"),
    JobState.SETTLED: ("已结算", "结算", "settled"),
    JobState.WARRANTY_OVER: ("已关闭", "关闭", "质保期满", "closed", "warrantyover"),
    JobState.CANCELLED: ("已取消", "取消", "作废", "cancelled", "canceled"),
}
STATE_OF = {word: state for state, words in STATES.items() for word in words}
# How files say that there is none.
NONE = ("", "na", "n/a", "-", "--", "—", "无", "null", "none", "nan")


def guess(headers: Sequence[str]) -> dict[str, int]:
    """Which column says what, by its header; -1 is not among them."""
    known = {bare(header): index for index, header in reversed(list(enumerate(headers))) if header}
    return {
        field.key: next(known[name] for name in field.headers if name in known)
        for field in FIELDS
        if any(name in known for name in field.headers)
    }


def guess_tag(headers: Sequence[str]) -> list[int]:
    """The column with the tag, or those that it is composed of."""
    known = {bare(header): index for index, header in reversed(list(enumerate(headers))) if header}
    parts = [next((known[name] for name in names if name in known), None) for names in TAG_PARTS]
    if all(part is not None for part in parts):
        return [part for part in parts if part is not None]
    whole = next((known[name] for name in TAG if name in known), None)
    return [whole] if whole is not None else [part for part in parts if part is not None]

"""What a version of the assessment rules says: the checklists, the grades and what they mean, the responsibility list,
the times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from workflows.engine.kinds import StepRule
from workflows.engine.models import Case


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Part):
    """One item of a checklist."""

    key: str = Field(pattern=r"^[a-z_]{1,20}$")
    text: str = Field(min_length=1, max_length=120)
    points: int = Field(ge=1, le=1000)


class Grade(_Part):
    name: str = Field(min_length=1, max_length=20)
    minimum: int = Field(ge=0, le=100)  # per cent of the points
    effect: str = Field(max_length=200)


class Duty(_Part):
    """A control point of the responsibility list 责任清单: of a role, never of a person."""

    role: str = Field(min_length=1, max_length=24)
    control: str = Field(min_length=1, max_length=200)
    often: str = Field(min_length=1, max_length=60)


class AssessmentRules(_Part):
    sections: tuple[Item, ...] = Field(min_length=1)
    contractors: tuple[Item, ...] = Field(min_length=1)
    grades: tuple[Grade, ...] = Field(min_length=1)  # the best first; the last from zero
    duties: tuple[Duty, ...] = ()
    score_hours: int = Field(default=40, ge=1, le=2000)
    reply_days: int = Field(default=3, ge=1, le=60)  # working days
    confirm_hours: int = Field(default=16, ge=1, le=2000)
    rectify_days: int = Field(default=15, ge=1, le=365)  # calendar days, what a problem gets unless said otherwise
    verify_hours: int = Field(default=24, ge=1, le=2000)
    escalate_hours: int = Field(default=8, ge=1, le=2000)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for items in (self.sections, self.contractors):
            if len({item.key for item in items}) != len(items):
                raise ValueError("items are keyed once")
        minima = [grade.minimum for grade in self.grades]
        if minima != sorted(set(minima), reverse=True) or minima[-1] != 0:
            raise ValueError("grades stand from the best down to zero")
        return self


HOURS = {"scoring": "score_hours", "confirmation": "confirm_hours", "verification": "verify_hours"}
TIMES = ("score_hours", "reply_days", "confirm_hours", "rectify_days", "verify_hours", "escalate_hours")
DEFAULT_RULES: dict[str, Any] = {
    "sections": [
        {"key": "a", "text": "委托单信息完整，位号和故障码齐全", "points": 20},
        {"key": "b", "text": "隐蔽工程覆盖前拍照，记录可查", "points": 20},
        {"key": "c", "text": "验收按申报逐项核对，不代签", "points": 20},
        {"key": "d", "text": "作业票证齐全，现场监护到位", "points": 20},
        {"key": "e", "text": "上月问题按期整改", "points": 20},
    ],
    "contractors": [
        {"key": "a", "text": "人员资质与申报人数一致", "points": 20},
        {"key": "b", "text": "旧件返还、新件合格证齐全", "points": 20},
        {"key": "c", "text": "安全措施落实，票证齐全", "points": 20},
        {"key": "d", "text": "工时、工程量申报属实", "points": 20},
        {"key": "e", "text": "整改按期完成，复查通过", "points": 20},
    ],
    "grades": [
        {"name": "优秀", "minimum": 90, "effect": "下月优先安排"},
        {"name": "合格", "minimum": 75, "effect": "无"},
        {"name": "不合格", "minimum": 0, "effect": "约谈，扣当月考核"},
    ],
    "duties": [
        {"role": "maintenance_planner", "control": "委托单派发前核对位号、故障码、工程量", "often": "每单"},
        {"role": "section_chief", "control": "隐蔽工程覆盖前到场确认", "often": "每单"},
        {"role": "inspector", "control": "现场式、资料式各查各的，不互看", "often": "每次抽检"},
        {"role": "audit_lead", "control": "分歧逐项裁定并写明理由", "often": "每次比对"},
        {"role": "workshop_reviewer", "control": "恢复结算前看复查记录", "often": "每次恢复"},
    ],
    **{name: AssessmentRules.model_fields[name].default for name in TIMES},
}


def read(content: Mapping[str, Any]) -> AssessmentRules:
    return AssessmentRules.model_validate(content)


def rules_of(case: Case) -> AssessmentRules:
    assert case.rules is not None
    return read(case.rules.content)


def step_rule(content: Mapping[str, Any], node: str, case: Case | None) -> StepRule:
    """Replying and putting right have days of their own."""
    rules = read(content)
    if node not in HOURS:
        return StepRule(escalate_hours=None)
    return StepRule(deadline_hours=getattr(rules, HOURS[node]), escalate_hours=rules.escalate_hours)


def grade_for(rules: AssessmentRules, score: int, full: int) -> Grade:
    """The first grade whose minimum is reached; compared exactly, score × 100 with minimum × full."""
    return next(grade for grade in rules.grades if score * 100 >= grade.minimum * full)

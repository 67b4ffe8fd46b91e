from workflows.engine.models.calendar import CalendarDay, CalendarImport, ShiftPlan, WorkingPeriod
from workflows.engine.models.case import Case, CaseCopy, CaseParty, Numbering
from workflows.engine.models.decision import Decision
from workflows.engine.models.failure import Failure
from workflows.engine.models.rule import RuleVersion
from workflows.engine.models.step import Step, WorkItem
from workflows.engine.models.waiver import Waiver

__all__ = [
    "CalendarDay",
    "CalendarImport",
    "Case",
    "CaseCopy",
    "CaseParty",
    "Decision",
    "Failure",
    "Numbering",
    "RuleVersion",
    "ShiftPlan",
    "Step",
    "Waiver",
    "WorkItem",
    "WorkingPeriod",
]

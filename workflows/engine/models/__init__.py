from workflows.engine.models.calendar import CalendarDay, WorkingPeriod
from workflows.engine.models.case import Case, CaseCopy, CaseParty, Numbering
from workflows.engine.models.decision import Decision
from workflows.engine.models.failure import Failure
from workflows.engine.models.rule import RuleVersion
from workflows.engine.models.step import Step, WorkItem

__all__ = [
    "CalendarDay",
    "Case",
    "CaseCopy",
    "CaseParty",
    "Decision",
    "Failure",
    "Numbering",
    "RuleVersion",
    "Step",
    "WorkItem",
    "WorkingPeriod",
]

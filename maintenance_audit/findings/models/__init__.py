from maintenance_audit.findings.models.finding import GRAVER, RANK, Finding, Origin, Told, WrongMoment, overdue_days
from maintenance_audit.findings.models.rectification import FoundAgain, Paper, Part, Rectification, Reply

__all__ = [
    "GRAVER",
    "RANK",
    "Finding",
    "FoundAgain",
    "Origin",
    "Paper",
    "Part",
    "Rectification",
    "Reply",
    "Told",
    "WrongMoment",
    "overdue_days",
]

from maintenance_audit.findings.models.finding import (
    AT_WORK,
    GRAVER,
    RANK,
    Finding,
    Origin,
    Told,
    WrongMoment,
    overdue,
    overdue_days,
)
from maintenance_audit.findings.models.rectification import Extension, FoundAgain, Paper, Part, Rectification, Reply

__all__ = [
    "AT_WORK",
    "GRAVER",
    "RANK",
    "Extension",
    "Finding",
    "FoundAgain",
    "Origin",
    "Paper",
    "Part",
    "Rectification",
    "Reply",
    "Told",
    "WrongMoment",
    "overdue",
    "overdue_days",
]

from maintenance_audit.register.models.contractor import Contractor
from maintenance_audit.register.models.equipment import Equipment, FailureCode
from maintenance_audit.register.models.template import (
    CheckItem,
    ClaimItem,
    ClaimKind,
    ClaimTemplate,
    Form,
    Seen,
    Severity,
    Tolerance,
    WorkKind,
)

__all__ = [
    "CheckItem",
    "ClaimItem",
    "ClaimKind",
    "ClaimTemplate",
    "Contractor",
    "Equipment",
    "FailureCode",
    "Form",
    "Seen",
    "Severity",
    "Tolerance",
    "WorkKind",
]

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
from maintenance_audit.register.models.upload import EquipmentUpload

__all__ = [
    "CheckItem",
    "ClaimItem",
    "ClaimKind",
    "ClaimTemplate",
    "Contractor",
    "Equipment",
    "EquipmentUpload",
    "FailureCode",
    "Form",
    "Seen",
    "Severity",
    "Tolerance",
    "WorkKind",
]

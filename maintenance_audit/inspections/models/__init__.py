from maintenance_audit.inspections.models.adjudication import Adjudication, Ruling
from maintenance_audit.inspections.models.inspection import Draft, Inspection
from maintenance_audit.inspections.models.record import Found, Photo, Verdict
from maintenance_audit.inspections.models.safety import SafetyNotice

__all__ = ["Adjudication", "Draft", "Found", "Inspection", "Photo", "Ruling", "SafetyNotice", "Verdict"]

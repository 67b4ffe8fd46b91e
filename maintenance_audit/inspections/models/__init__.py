from maintenance_audit.inspections.models.adjudication import Adjudication, Ruling
from maintenance_audit.inspections.models.inspection import Draft, Inspection, TagHow
from maintenance_audit.inspections.models.record import Checked, Found, Nature, Photo, Verdict
from maintenance_audit.inspections.models.safety import SafetyNotice

__all__ = [
    "Adjudication", "Checked", "Draft", "Found", "Inspection", "Nature", "Photo", "Ruling", "SafetyNotice", "TagHow",
    "Verdict",
]  # fmt: skip

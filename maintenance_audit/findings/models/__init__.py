from maintenance_audit.findings.models.finding import Finding, Origin
from maintenance_audit.findings.models.rectification import Rectification, Reply

__all__ = ["Finding", "Origin", "Rectification", "Reply"]

from maintenance_audit.jobs.models.claim import Claim
from maintenance_audit.jobs.models.hold import SettlementHold
from maintenance_audit.jobs.models.importing import ImportFault, ImportRow, ImportState, JobImport
from maintenance_audit.jobs.models.job import Job, JobPerson, JobState, Part, Source
from maintenance_audit.jobs.models.mapping import JobMapping, JobMappingRow
from maintenance_audit.jobs.models.settlement import SettlementCorrection

__all__ = [
    "Claim",
    "ImportFault",
    "ImportRow",
    "ImportState",
    "Job",
    "JobImport",
    "JobMapping",
    "JobMappingRow",
    "JobPerson",
    "JobState",
    "Part",
    "SettlementCorrection",
    "SettlementHold",
    "Source",
]

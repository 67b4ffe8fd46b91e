from maintenance_audit.jobs.models.claim import Claim
from maintenance_audit.jobs.models.hold import SettlementHold
from maintenance_audit.jobs.models.job import Job, JobPerson, JobState, Part, Source
from maintenance_audit.jobs.models.settlement import SettlementCorrection

__all__ = ["Claim", "Job", "JobPerson", "JobState", "Part", "SettlementCorrection", "SettlementHold", "Source"]

from maintenance_audit.jobs.models.claim import Claim
from maintenance_audit.jobs.models.hold import SettlementHold
from maintenance_audit.jobs.models.job import Job, JobPerson, JobState, Part, Source

__all__ = ["Claim", "Job", "JobPerson", "JobState", "Part", "SettlementHold", "Source"]

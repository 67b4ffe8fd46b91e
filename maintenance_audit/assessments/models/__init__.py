from maintenance_audit.assessments.models.assessment import Assessment, Mark, Shortfall, WrongMoment
from maintenance_audit.assessments.models.problem import ProcessProblem, Sign

__all__ = ["Assessment", "Mark", "ProcessProblem", "Shortfall", "Sign", "WrongMoment"]

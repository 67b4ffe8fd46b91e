from maintenance_audit.lots.models.draw import Assignment, Draw, DrawnJob, Result, Why
from maintenance_audit.lots.models.lot import EligibleInspector, Lot, LotJob, LotState
from maintenance_audit.lots.models.nonce import Nonce, Party
from maintenance_audit.lots.models.pointing import Pointing
from maintenance_audit.lots.models.switching import Switching

__all__ = [
    "Assignment",
    "Draw",
    "DrawnJob",
    "EligibleInspector",
    "Lot",
    "LotJob",
    "LotState",
    "Nonce",
    "Party",
    "Pointing",
    "Result",
    "Switching",
    "Why",
]

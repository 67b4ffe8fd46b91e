from workflows.organisation.models.absence import Absence
from workflows.organisation.models.person import Person, Posting
from workflows.organisation.models.role import Role, RoleHolding
from workflows.organisation.models.roster import RosterImport
from workflows.organisation.models.sign_in import Device, SignedInBy, SignInRule
from workflows.organisation.models.tie import Tie
from workflows.organisation.models.token import ApiToken
from workflows.organisation.models.unit import Unit, UnitKind
from workflows.organisation.models.upload import SpreadsheetUpload, UploadState

__all__ = [
    "Absence",
    "ApiToken",
    "Device",
    "Person",
    "Posting",
    "Role",
    "RoleHolding",
    "RosterImport",
    "SignInRule",
    "SignedInBy",
    "SpreadsheetUpload",
    "Tie",
    "Unit",
    "UnitKind",
    "UploadState",
]

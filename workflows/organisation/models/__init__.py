from workflows.organisation.models.person import Person, Posting
from workflows.organisation.models.role import Role, RoleHolding
from workflows.organisation.models.tie import Tie
from workflows.organisation.models.unit import Unit, UnitKind

__all__ = ["Person", "Posting", "Role", "RoleHolding", "Tie", "Unit", "UnitKind"]

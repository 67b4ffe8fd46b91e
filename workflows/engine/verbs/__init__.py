"""The approval verbs, a file each. A new verb is a new file and a name in this list."""

from workflows.engine.verbs.claiming import Claiming
from workflows.engine.verbs.completing import Completing
from workflows.engine.verbs.deciding import Deciding
from workflows.engine.verbs.holding import Holding
from workflows.engine.verbs.returning import Returning
from workflows.engine.verbs.signers import Signers


class Verbs(Claiming, Deciding, Returning, Completing, Signers, Holding):
    """All that can be done in a turn."""


__all__ = ["Verbs"]

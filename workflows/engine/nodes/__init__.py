from workflows.engine.nodes.ending import CaseEnd
from workflows.engine.nodes.gate import Act, Fork, Gate
from workflows.engine.nodes.human_step import HumanStep, HumanStepActivation
from workflows.engine.nodes.pause import Pause

__all__ = ["Act", "CaseEnd", "Fork", "Gate", "HumanStep", "HumanStepActivation", "Pause"]

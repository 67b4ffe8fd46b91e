from workflows.notices.models.delivery import Delivery, HeldFor, State
from workflows.notices.models.outbox import Channel, Notice, Outbox, OutboxQuerySet
from workflows.notices.models.preference import Preference
from workflows.notices.models.robot import Robot, RobotKind, RobotPost

__all__ = [
    "Channel",
    "Delivery",
    "HeldFor",
    "Notice",
    "Outbox",
    "OutboxQuerySet",
    "Preference",
    "Robot",
    "RobotKind",
    "RobotPost",
    "State",
]

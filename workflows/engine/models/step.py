"""Steps that a case has been through or is at, and the work items that people hold in them.

One Viewflow task is one step. Who has to sign inside it, in which mode, is ours: a work item a signer
(one shared item for a pool). So adding, removing or replacing a signer never touches Viewflow's graph.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task


class Mode(models.TextChoices):
    ONE = "one", _("One of the pool")
    ANY = "any", _("Any of the signers")  # 或签
    ALL = "all", _("All of the signers")  # 会签
    VOTE = "vote", _("Weighted vote")  # 票签
    EACH = "each", _("Each does a part of their own")  # work that nobody else can do for them
    PAUSE = "pause", _("Time passes")  # nobody acts; the clock ends it


SIGNING = (Mode.ONE, Mode.ANY, Mode.ALL, Mode.VOTE)  # how opinions are given; what rules may choose


class Outcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    DONE = "done", _("Done")
    REJECTED = "rejected", _("Rejected")
    RETURNED = "returned", _("Returned")
    PASSED_UP = "passed_up", _("Passed to the level above")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    TAKEN_BACK = "taken_back", _("Taken back")
    CORRECTED = "corrected", _("Corrected")


class Step(models.Model):
    """One visit of a case to one node of its flow."""

    case = models.ForeignKey("engine.Case", models.PROTECT, related_name="steps")
    task = models.OneToOneField(Task, models.PROTECT, related_name="step")
    node = models.CharField(max_length=60)
    place = models.PositiveIntegerField()  # 1, 2, 3 … in the case
    mode = models.CharField(max_length=5, choices=Mode.choices, default=Mode.ONE)
    role = models.CharField(max_length=24, blank=True)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)  # empty = open
    note = models.CharField(max_length=200, blank=True)  # why it was passed up, or to whom it was escalated
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    # What the clock has done already, so that it is done once; `rings_at` is when it has to do something next.
    reminded_at = models.DateTimeField(null=True, blank=True)
    late_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    rings_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    quorum = models.CharField(max_length=20, blank=True)  # exact shares as text: "4/5", "2/3"
    pass_share = models.CharField(max_length=20, blank=True)
    # Set when this step exists because a later one returned the case here.
    returned_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    resume_at = models.CharField(max_length=60, blank=True)  # node to go back to; empty = walk the levels again
    # Somebody was added or asked here: a decision then looks at the items that follow its own.
    chained = models.BooleanField(default=False)
    # Set when this step is the one that had returned the case, resumed.
    resumes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["place"]
        indexes = [
            models.Index(fields=["closed_at"], name="closed_step_by_day", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["due_at"], name="open_step_by_due", condition=Q(closed_at=None)),
            models.Index(
                fields=["rings_at"], name="step_clock_to_ring", condition=Q(closed_at=None, rings_at__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "place"], name="step_place_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at=None), name="one_open_step_a_case"),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="closed_step_says_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(mode="vote") | (Q(quorum__gt="") & Q(pass_share__gt="")) | ~Q(outcome=""),
                name="vote_has_quorum_and_pass_share",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class WorkItem(models.Model):
    """One signer's part of a step; with `person` empty, the pool's shared part, free to be claimed."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Closed")
        RECUSED = "recused", _("Recused")
        PARKED = "parked", _("Waiting for another")

    class Origin(models.TextChoices):
        POOL = "pool", _("By role")
        NAMED = "named", _("By name")
        CARRIED = "carried", _("Approval stands")
        ADDED = "added", _("Added signer")
        CONSULTED = "consulted", _("Asked for an opinion")
        GIVEN = "given", _("Transferred")
        ESCALATED = "escalated", _("Escalated")

    step = models.ForeignKey(Step, models.PROTECT, related_name="items")
    case = models.ForeignKey("engine.Case", models.PROTECT, related_name="items")
    person = models.ForeignKey("organisation.Person", models.PROTECT, null=True, blank=True, related_name="items")
    # A pool item is claimable by holders of the role at the unit; a signer's item names why they sit here.
    role = models.CharField(max_length=24, blank=True)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    origin = models.CharField(max_length=9, choices=Origin.choices, default=Origin.POOL)
    weight = models.PositiveSmallIntegerField(default=1)
    # Parked until that item is done: a signer added before, an opinion asked for, a signer added after.
    after = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # the step's, repeated for the queue's index
    claimed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["step", "pk"]
        indexes = [
            models.Index(
                F("person"),
                F("due_at").asc(nulls_last=True),
                F("id"),
                name="open_item_by_person",
                condition=Q(state="open", person__isnull=False),
            ),
            models.Index(
                F("role"),
                F("unit"),
                F("due_at").asc(nulls_last=True),
                F("id"),
                name="open_item_by_pool",
                condition=Q(state="open", person=None),
            ),
            models.Index(fields=["person", "case"], name="item_by_person_and_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["step", "person"], condition=~Q(state="cancelled"), name="one_item_a_signer"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "parked"], closed_at=None)
                | (~Q(state__in=["open", "parked"]) & Q(closed_at__isnull=False)),
                name="closed_item_says_when",
            ),
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(role=""), name="item_has_person_or_pool"),
        ]

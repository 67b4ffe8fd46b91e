"""A case: one thing under way, of a registered kind, pinned to the rules in force when it was filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, Role, RoleHolding, UnitKind
from workflows.organisation.roles import held_by, paths_seen_by

if TYPE_CHECKING:
    from workflows.engine.models.step import Step


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, person: Person, *, reserved_too: bool = False) -> CaseQuerySet:
        """Cases the person may read: a party's, one that was ever in their hands, or by place in the unit tree.

        Of a contractor's people each reads what their firm has a part in, and no more: not what they had in hand while
        they were of another. A substitute reads what waits for whom they stand in for, and what they decided in that
        seat. A reserved case is read by those in whose hands it is, whatever their place; what is withheld from the
        person is not there.
        `reserved_too`: as if none were reserved, for a kind that tells something of them apart from the case.
        """
        from workflows.engine import withholding
        from workflows.engine.models.decision import Decision
        from workflows.engine.models.step import Step, WorkItem

        by_place = Q(unit_id=person.unit_id)
        for path in paths_seen_by(person):
            by_place |= Q(unit__path__startswith=path)
        shared = Q(shared_under_id__in=person.unit.ancestor_ids)
        party = Exists(CaseParty.objects.filter(case=OuterRef("pk"), person=person))
        copied = Exists(CaseCopy.objects.filter(case=OuterRef("pk"), person=person))
        handled = Exists(WorkItem.objects.filter(case=OuterRef("pk"), person=person))
        decided = Exists(Decision.objects.filter(case=OuterRef("pk"), actor=person))
        own: Any = party | handled | copied | decided
        anybodys: Any = by_place | shared
        # By the step: a task that is handed on to a colleague of the firm is theirs by name, without the role.
        firm = Step.objects.filter(role=Role.CONTRACTOR, unit_id__in=person.unit.ancestor_ids, case=OuterRef("pk"))
        acts = any(held.role == Role.CONTRACTOR for held in held_by(person))
        if acts:
            # What was put into the hands of one's company, whoever of it took it.
            anybodys = anybodys | Exists(firm)
        if acts or person.unit.kind == UnitKind.CONTRACTOR:
            own = own & (Exists(firm) | by_place | shared | Q(author=person))
        absent = stands_in_for(person)
        if absent:
            seats = Q(person__in=absent)
            for role, unit in RoleHolding.objects.in_force().filter(person__in=absent).values_list("role", "unit_id"):
                seats |= Q(person=None, role=role, unit_id=unit)
            waits = WorkItem.objects.filter(seats, case=OuterRef("pk"), state__in=("open", "parked"))
            anybodys = anybodys | Exists(waits)
        found = self.filter(own | (anybodys if reserved_too else Q(reserved=False) & anybodys))
        withheld = withholding.of(person)
        return found if withheld is None else found.exclude(withheld)

    def filed_by(self, person: Person) -> CaseQuerySet:
        """What the person filed: neither imported history nor what the machine opened in their name."""
        from workflows.engine import kinds

        opened = [kind.name for kind in kinds.all_kinds() if kind.opens_itself]
        return self.filter(author=person, imported=False).exclude(kind__in=opened)

    def open_to_view(self, person: Person | None = None) -> CaseQuerySet:
        """Those that may stand in sums and notices for whoever sees by place; told to this person, if one is named."""
        from workflows.engine import withholding

        withheld = withholding.of(person) if person is not None else None
        found = self.filter(reserved=False)
        return found if withheld is None else found.exclude(withheld)


class Case(models.Model):
    """What every process kind has in common. The business row points here with a one-to-one `case`."""

    class State(models.TextChoices):
        OPEN = "open", _("Under way")
        HELD = "held", _("On hold")
        CLOSED = "closed", _("Closed")

    token = models.UUIDField(unique=True, help_text="made by the client, so that one filing is one case")
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=120)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+")
    author = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    # Imported history has neither rules nor a process: nobody decided it here.
    rules = models.ForeignKey("engine.RuleVersion", models.PROTECT, null=True, blank=True, related_name="cases")
    process = models.OneToOneField(Process, models.PROTECT, null=True, blank=True, related_name="case")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    # What the kind calls the present standing ("accepted", "rejected", …); the engine only stores and filters it.
    standing = models.CharField(max_length=30, default="", blank=True)
    # When set, everybody posted at or under this unit may read the case.
    shared_under = models.ForeignKey("organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    # Only those in whose hands it is may read it, or learn that it is there: an inspection before it is compared.
    reserved = models.BooleanField(default=False)
    content_digest = models.CharField(max_length=64)
    search = SearchVectorField(null=True, editable=False)
    held_at = models.DateTimeField(null=True, blank=True)
    held_reason = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    imported = models.BooleanField(default=False)

    # While a case is being moved: the step that was closed or opened last, so that nobody has to read it again.
    last_step: Step | None = None
    # While somebody acts in it: whom it concerns, None where that has to be asked.
    party_ids: list[int] | None = None

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at"]
        indexes = [
            GinIndex(fields=["search"], name="case_search"),
            models.Index(fields=["unit", "-filed_at"], name="case_by_unit"),
            models.Index(fields=["author", "-moved_at"], name="case_by_author"),
            models.Index(fields=["kind", "standing", "-filed_at"], name="case_by_standing"),
            models.Index(fields=["kind", "moved_at"], name="case_by_kind_and_move"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="closed_case_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_at__isnull=False) | (~Q(state="held") & Q(held_at=None)),
                name="held_case_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(imported=True, state="closed") | Q(rules__isnull=False, process__isnull=False),
                name="only_imported_history_has_no_process",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class CaseParty(models.Model):
    """Somebody whom the case concerns. The business app keeps these rows; independence reads them."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parties")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    relation = models.CharField(max_length=30)  # the kind's word: author, co_author, requester …
    # An implementer may not confirm the effect but is no author: recusal is said per row.
    recused = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person", "relation"], name="party_once_per_relation")]
        indexes = [models.Index(fields=["person", "case"], name="party_by_person")]


class CaseCopy(models.Model):
    """A read-only copy 抄送: the person may read the case and decides nothing in it by this."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="copies")
    person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="copy_once_a_person")]
        indexes = [models.Index(fields=["person", "-sent_at"], name="copy_by_person")]


class Numbering(models.Model):
    """The last running number given out under a stem such as TA-2611."""

    stem = models.CharField(primary_key=True, max_length=30)
    last = models.PositiveIntegerField()

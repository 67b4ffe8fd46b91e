"""Conflict of interest 回避: one rule, asked by every action that decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext_lazy as _

from workflows.engine.models import Case, CaseParty, Decision, Waiver
from workflows.organisation.models import Person, Tie
from workflows.store.prepared import Given

AUTHORS = ("author", "co_author")
# True: nobody who decided before the appeal. Names of nodes: nobody who acted there (four eyes).
Fresh = bool | tuple[str, ...]
DECIDING = ("approve", "reject", "abstain")


def recused(case: Case, people: Collection[int], *, fresh: Fresh = False) -> dict[int, str]:
    """Of these people, who may not decide in the case, and by which relation. One statement.

    `fresh`: nor may anybody who decided in it before (appeals), or who acted at these steps; no waiver lifts that.
    """
    waived = Waiver.objects.granted().filter(case=case).values("person")
    parties = CaseParty.objects.filter(case=case, recused=True)
    rows = parties.filter(person__in=people).exclude(person__in=waived).values_list("person_id", "relation")
    concerned = parties.values("person_id")
    ties = Tie.objects.filter(in_force_since(Value(case.filed_at)))
    rows = rows.union(
        ties.filter(person__in=people, other__in=concerned)
        .exclude(person__in=waived)
        .values_list(F("person_id"), Value("tie")),
        ties.filter(other__in=people, person__in=concerned)
        .exclude(other__in=waived)
        .values_list(F("other_id"), Value("tie")),
        all=True,
    )
    if fresh is True:
        # Before the appeal: whoever decides in the appeal itself stays in it when it is returned and comes back.
        appeal = Decision.objects.filter(case=case, verb="appeal").order_by("-pk").values("pk")[:1]
        earlier = Decision.objects.filter(case=case, verb__in=DECIDING, actor__in=people, pk__lt=Subquery(appeal))
        rows = rows.union(earlier.order_by().values_list(F("actor_id"), Value("earlier_decider")), all=True)
    elif fresh:
        acted = acted_at(fresh).filter(case=case)
        rows = rows.union(
            acted.filter(actor__in=people).values_list(F("actor_id"), Value("earlier_actor")),
            acted.filter(on_behalf_of__in=people).values_list(F("on_behalf_of_id"), Value("earlier_actor")),
            all=True,
        )
    # Who is concerned in several ways is told the plainest: the author first, then any other part in the case.
    told = sorted(
        rows,
        key=lambda row: (row[1] not in AUTHORS, row[1] in ("tie", "earlier_decider", "earlier_actor")),
        reverse=True,
    )
    return dict(told)


RELATIONS = {
    "author": _("%(person)s is an author of this case."),
    "co_author": _("%(person)s is a co-author of this case."),
    "tie": _("%(person)s has a declared tie to somebody whom this case concerns."),
    "earlier_decider": _("%(person)s has decided in this case before."),
    "earlier_actor": _("%(person)s has done what is decided on here; somebody else decides."),
}


def register_relation(name: str, words: Any) -> None:
    """A kind's own relation gets its words, with %(person)s to fill in."""
    RELATIONS[name] = words


def words(relation: str) -> str:
    """Why somebody may not decide, with %(person)s to fill in."""
    return str(RELATIONS.get(relation, _("%(person)s may not decide in this case.")))


def acted_at(nodes: Collection[str]) -> QuerySet[Decision]:
    """What was done at these steps, by whomever and in whose place."""
    return Decision.objects.filter(step__node__in=nodes, verb__in=("done", "approve")).order_by()


def why_not(case: Case, person: Person, *, fresh: Fresh = False) -> str | None:
    """The relation that keeps this person from deciding, or None."""
    return recused(case, [person.pk], fresh=fresh).get(person.pk)


def in_force_since(filed_at: Any) -> Q:
    """A tie that held at any moment of the case: ending it before one decides changes nothing."""
    return Q(ended_at=None) | Q(ended_at__gt=filed_at)


def concerned(case: Any, filed_at: Any, person: Any) -> Q:
    """The question of `recused` as a condition, asked of many rows at once: a recused party, or tied to one; and not
    waived."""
    parties = CaseParty.objects.filter(case=case, recused=True)
    one_deeper = OuterRef(case) if isinstance(case, OuterRef) else case
    others = CaseParty.objects.filter(case=one_deeper, recused=True).values("person")
    ties = Tie.objects.filter(in_force_since(filed_at))
    tied = Q(person=person, other__in=others) | Q(other=person, person__in=others)
    waived = Exists(Waiver.objects.granted().filter(case=case, person=person))
    return (Q(Exists(parties.filter(person=person))) | Q(Exists(ties.filter(tied)))) & ~Q(waived)


def cases_recused_for(person: Person | int | Given) -> Q:
    """Condition on cases that this person may not decide in, for queues.

    Asked of each row by its case, through the index. As a list of all cases it was correlated with the row through
    the tie, and a planner without statistics drew that list up anew for each of 10,000 rows.
    """
    tied = Tie.objects.filter(in_force_since(OuterRef("case__filed_at"))).filter(
        Q(person=person, other=OuterRef("person")) | Q(other=person, person=OuterRef("person"))
    )
    concerned = CaseParty.objects.filter(case=OuterRef("case"), recused=True)
    waived = Exists(Waiver.objects.granted().filter(case=OuterRef("case"), person=person))
    return Q(Exists(concerned.filter(Q(person=person) | Exists(tied)))) & ~Q(waived)

"""The machine that drives the engine and its model: random verbs by random people, one case a sequence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.engine.matrix.scenes import forced
from tests.engine.review_agreement import PLAN, Agreement
from tests.engine.review_around import Model
from tests.engine.review_model import ENDS, ROLE_OF, Seat
from tests.engine.review_verbs import Refused
from tests.proposal_story import Story
from workflows.engine import beside, clocks, kinds
from workflows.engine.errors import Refusal
from workflows.engine.models import Decision
from workflows.engine.turn import turn
from workflows.engine.withdrawal import withdraw
from workflows.ledger.clock import injected
from workflows.organisation.absences import declare_absence, end_absence
from workflows.organisation.models import Absence, Person, RoleHolding, Tie

MODES = ("one", "any", "all", "vote")
REVIEWS = ("team_review", "section_review", "workshop_review")
MONDAY = datetime.fromisoformat("2026-06-01T09:00:00+08:00")


numbers = st.integers(min_value=0, max_value=10_000)


class Review(Agreement):
    def __init__(self) -> None:
        super().__init__()
        self.plan, self.moment = PLAN[0], MONDAY
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.rules: Any = None
        self.model: Model = None  # type: ignore[assignment]

    def teardown(self) -> None:
        try:
            if self.model is not None:
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                self.ledger_verifies()
        finally:
            if self.rules is not None:
                self.rules.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # The beginning. -------------------------------------------------------------------------------------------------

    @initialize(
        modes=st.tuples(*(st.sampled_from(MODES) for _ in REVIEWS)),
        together=st.sampled_from(["", "coauthor", "chief"]),
        benefit=st.sampled_from(["100.00", "300000.00", "1860000.00"]),
    )
    def file(self, modes: tuple[str, ...], together: str, benefit: str) -> None:
        plant = self.plan.plant
        by_step = dict(zip(REVIEWS, modes, strict=True)) | {"appeal_panel": modes[2]}
        self.rules = forced(kinds.get("proposal"), by_step)
        self.rules.__enter__()
        coauthors = {"": (), "coauthor": (plant.coauthor,), "chief": (plant.section_chiefs[0],)}[together]
        with injected(self.moment):
            self.case = Story(plant).file(benefit=benefit, cost="0.00", coauthors=coauthors)
        self.model = Model(
            self._roles(),
            plant.author.employee_no,
            {p.employee_no for p in (plant.author, *coauthors)},
            {"team_review": benefit == "100.00", "section_review": benefit != "1860000.00"},
            by_step,
            self._neighbours(),
        )

    def _roles(self) -> dict[str, set[str]]:
        plant, found = self.plan.plant, {}
        for role, unit in (
            ("team_leader", plant.team),
            ("section_chief", plant.section),
            ("workshop_reviewer", plant.workshop),
        ):
            held = RoleHolding.objects.in_force().filter(role=role, unit=unit)
            found[role] = set(held.values_list("person__employee_no", flat=True))
        return found

    def _neighbours(self) -> set[str]:
        """Posted to the author's team, or holding a role of another kind above it; administrators read nothing."""
        plant = self.plan.plant
        posted = Person.objects.filter(unit=plant.team).values_list("employee_no", flat=True)
        others = RoleHolding.objects.in_force().filter(unit__in=plant.team.ancestor_ids)
        others = others.exclude(role__in=("administrator", "contractor", *set(ROLE_OF.values())))
        return {*posted, *others.values_list("person__employee_no", flat=True)}

    # Acts. ----------------------------------------------------------------------------------------------------------

    def hand(self, n: int) -> tuple[str, Seat]:
        """Nearly always somebody who has or may take a part here; else anybody at any part."""
        seats = self.model.visit.seats
        if n % 7 == 0:
            return self.pick(n // 7, list(self.plan.people)), self.pick(n // 3, seats)
        apt = [(p, s) for s in seats if s.state == "open" for p in self._about(s)]
        return self.pick(n, apt or [(self.model.author, seats[0])])

    def _about(self, seat: Seat) -> list[str]:
        people = [seat.person] if seat.person else sorted(self.model.roles.get(seat.role, ()))
        return people + [s for p in people if (s := self.model.stand_in(p))]

    def both(self, expected: Callable[[], None], real: Callable[[], Any], said: str) -> None:
        """The model says whether it happens; the product must say the same, and a refusal writes nothing."""
        before = Decision.objects.filter(case=self.case).count()
        try:
            with injected(self.moment), transaction.atomic():
                real()
            happened = True
        except Refusal as refusal:
            happened, said = False, f"{said}: {refusal!r}"
            assert Decision.objects.filter(case=self.case).count() == before
        try:
            expected()
            allowed = True
        except Refused:
            allowed = False
        assert happened == allowed, f"{said} at {self.model.at}: the product {'did' if happened else 'refused'} it"

    def at_a_part(self, n: int, verb: str, expected: Callable[[str, Seat], None], act: Callable[[Any], Any]) -> None:
        actor, seat = self.hand(n)
        item = self.item(seat)

        def real() -> None:
            with turn(actor=self.person(actor), case_id=self.case.pk, item_id=item.pk, token=uuid4()) as t:
                act(t)

        self.both(lambda: expected(actor, seat), real, f"{actor} {verb} on {seat}")

    def going_on(self) -> bool:
        return self.model is not None and self.model.at not in ENDS

    @precondition(going_on)
    @rule(n=numbers, verb=st.sampled_from(["approve", "approve", "approve", "reject", "abstain"]))
    def decide(self, n: int, verb: str) -> None:
        self.at_a_part(n, verb, lambda p, s: self.model.vote(p, s, verb), lambda t: getattr(t, verb)("理由"))

    @precondition(going_on)
    @rule(
        n=numbers,
        to=st.sampled_from(["revision", "revision", *REVIEWS]),
        then=st.sampled_from(["resume", "resume", "walk"]),
    )
    def give_back(self, n: int, to: str, then: Any) -> None:
        self.at_a_part(
            n,
            f"returns to {to}",
            lambda p, s: self.model.give_back(p, s, to, then),
            lambda t: t.return_to(to, then=then, reason="请补"),
        )

    @precondition(going_on)
    @rule(n=numbers, changes=st.booleans())
    def complete(self, n: int, changes: bool) -> None:
        def act(t: Any) -> None:
            if t.node.name == "revision" and changes:
                t.case.content_digest = uuid4().hex * 2
            if t.node.name == "arrangement":
                t.case.proposal.plan(implementer=self.plan.plant.coauthor, due=self.moment.date())
            t.complete("", verb="appeal" if t.node.name == "rejection" else "done")

        self.at_a_part(n, "completes", lambda p, s: self.model.complete(p, s, changes), act)

    @precondition(going_on)
    @rule(n=numbers, verb=st.sampled_from(["claim", "release", "advise", "advise", "hold"]))
    def alone(self, n: int, verb: str) -> None:
        said = {"claim": (), "release": ()}.get(verb, ("说明",))
        self.at_a_part(n, verb, lambda p, s: getattr(self.model, verb)(p, s), lambda t: getattr(t, verb)(*said))

    @precondition(going_on)
    @rule(n=numbers, m=numbers, verb=st.sampled_from(["transfer", "consult", "before", "beside", "after"]))
    def draw_in(self, n: int, m: int, verb: str) -> None:
        to = self.pick(m, list(self.plan.people))
        person = self.person(to)
        if verb in ("transfer", "consult"):
            self.at_a_part(n, f"{verb} {to}", lambda p, s: getattr(self.model, verb)(p, s, to),
                           lambda t: getattr(t, verb)(person, "请看"))  # fmt: skip
        else:
            self.at_a_part(n, f"adds {to} {verb}", lambda p, s: self.model.add_signer(p, s, to, verb),
                           lambda t: t.add_signer(person, verb))  # fmt: skip

    @precondition(lambda self: self.going_on() and any(s.origin == "added" for s in self.model.visit.seats))
    @rule(n=numbers, m=numbers)
    def remove_signer(self, n: int, m: int) -> None:
        other = self.pick(m, [s for s in self.model.visit.seats if s.origin == "added"])
        item = self.item(other).pk
        self.at_a_part(n, f"removes {other}", lambda p, s: self.model.remove_signer(p, s, other),
                       lambda t: t.remove_signer(item))  # fmt: skip

    def beside_it(self, n: int, m: int, verb: str) -> None:
        known = sorted(self.model.handled | self.model.parties | {d.actor for d in self.model.record if d.actor})
        actor = self.pick(n, known if n % 5 else list(self.plan.people))
        to = self.pick(m, list(self.plan.people))
        said: dict[str, Any] = {"actor": self.person(actor), "case_id": self.case.pk}
        real = {
            "urge": lambda: beside.urge(**said),
            "copy": lambda: beside.copy(**said, to=self.person(to)),
            "take_back": lambda: beside.take_back(**said),
            "resume": lambda: beside.release_hold(**said),
            "withdraw": lambda: withdraw(**said, reason="不做了"),
        }[verb]
        more = (to,) if verb == "copy" else ()
        self.both(lambda: getattr(self.model, verb)(actor, *more), real, f"{actor} {verb} {to}")

    @precondition(going_on)
    @rule(n=numbers, m=numbers, verb=st.sampled_from(["urge", "copy", "take_back", "take_back", "take_back"]))
    def beside_a_turn(self, n: int, m: int, verb: str) -> None:
        self.beside_it(n, m, verb)

    @precondition(lambda self: self.going_on() and self.model.held)
    @rule(n=numbers)
    def resume(self, n: int) -> None:
        self.beside_it(n, 0, "resume")

    @precondition(going_on)
    @rule(n=numbers)
    def withdraw(self, n: int) -> None:
        if n % 9 == 1:
            self.beside_it(n, 0, "withdraw")

    # What happens around the case. ----------------------------------------------------------------------------------

    @precondition(going_on)
    @rule(n=numbers, m=numbers)
    def go_away(self, n: int, m: int) -> None:
        people = sorted({p for held in self.model.roles.values() for p in held} | {self.model.author})
        absent, substitute = self.pick(n, people), self.pick(m, list(self.plan.people))
        if absent == substitute or absent in self.model.away:
            return
        with injected(self.moment):
            until = self.moment + timedelta(days=4000)
            declare_absence(
                actor=self.person(absent), substitute=self.person(substitute), starts_at=None, ends_at=until
            )
        self.model.away[absent] = substitute

    @precondition(lambda self: self.going_on() and self.model.away)
    @rule(n=numbers)
    def come_back(self, n: int) -> None:
        absent = self.pick(n, sorted(self.model.away))
        with injected(self.moment):
            end_absence(
                actor=self.person(absent), absence=Absence.objects.get(person__employee_no=absent, ended_at=None)
            )
        del self.model.away[absent]

    @precondition(going_on)
    @rule(n=numbers)
    def declare_a_tie(self, n: int) -> None:
        people = sorted({p for held in self.model.roles.values() for p in held} - self.model.parties)
        one = self.pick(n, people)
        pair = frozenset((one, self.model.author))
        if n % 4 == 0 and pair not in self.model.ties:
            Tie.objects.create(person=self.person(one), other=self.person(self.model.author), declared_at=self.moment)
            self.model.ties.add(pair)
            with injected(self.moment):
                clocks.turn()
            self.model.tie(one)

    @precondition(going_on)
    @rule(minutes=st.sampled_from([1, 61]))
    def time_passes(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)
        if minutes > 60:
            self.model.visit.urged = False

    @precondition(lambda self: not self.going_on())
    @rule()
    def rest(self) -> None:
        """It has come to an end."""

    @precondition(going_on)
    @rule(n=numbers)
    def lose_a_role(self, n: int) -> None:
        """One who holds it goes; somebody stays, except at the team, from where it then passes up."""
        if n % 3:
            return
        held = [(p, r) for r, people in sorted(self.model.roles.items()) for p in sorted(people) if len(people) > 1]
        person, role = self.pick(n // 3, held)
        with injected(self.moment):
            RoleHolding.objects.filter(person__employee_no=person, role=role).update(ends_at=self.moment)
            clocks.turn()
        self.model.lose_role(person, role)

    @precondition(going_on)
    @rule(n=numbers)
    def deadline_passes(self, n: int) -> None:
        """Where the deadline ends the step; elsewhere it escalates, which has its own stories."""
        model = self.model
        closes = model.at in ROLE_OF and model.visit.mode == "vote" and model.verdict(model.visit, closing=True)
        if model.held or not (model.at == "rejection" or closes):
            return
        self.moment += timedelta(days=30)
        with injected(self.moment):
            clocks.turn()
        model.deadline_passes()
        model.find_hands()

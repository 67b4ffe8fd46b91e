"""A month's awards hang out, and people object to them through the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse

from innovation.awards.models import AwardRound, Candidate, Payment
from innovation.objections.models import Objection, Unsigned
from tests.awards.award_story import AwardStory
from tests.plant import Plant
from workflows.engine import kinds, rulebook
from workflows.engine.models import Case, RuleVersion, Step, WorkItem
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role

GROUNDS = "这个办法乙班 2024 年就用过，见当时的交接班记录。"
CODE = re.compile(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){6}")


def publish_objection_rules(plant: Plant, **changes: Any) -> RuleVersion:
    content = dict(kinds.get("award_objection").first_rules) | changes
    version = rulebook.draft(
        actor=plant.drafter, kind="award_objection", unit=plant.workshop, content=content, note="首版"
    )
    rulebook.submit(actor=plant.drafter, version_id=version.pk)
    return rulebook.publish(actor=plant.publisher, version_id=version.pk, read=version.digest)


@dataclass
class ObjectionStory:
    """`announced` brings a round to its publicity; then people object, and the panel decides."""

    plant: Plant

    def __post_init__(self) -> None:
        self.awards = AwardStory(self.plant)
        for judge in self.awards.judges[3:]:  # three are enough here, and sooner told
            judge.holdings.all().delete()
        del self.awards.judges[3:]
        self.awards.begin()
        publish_objection_rules(self.plant)

    def announced(self, *titles: str, mark: int = 92) -> list[Candidate]:
        cases = [self.awards.implemented(title) for title in titles or ("分布锥改双层导流",)]
        self.awards.open()
        self.awards.do(self.awards.officer)
        for judge in self.awards.judges:
            self.awards.write(judge, {case.number: mark - 3 * n for n, case in enumerate(cases)})
            self.awards.seal(judge)
        self.awards.do(self.awards.officer)
        return [self.awards.candidate(case) for case in cases]

    @property
    def round(self) -> AwardRound:
        return self.awards.round

    def confirm(self) -> None:
        """The period ends, the officer confirms."""
        moment = max(self.round.publicity_until, now()) + timedelta(seconds=1)  # type: ignore[type-var]
        self.awards.wait_until(moment)
        with injected(moment):
            self.awards.do(self.awards.officer)

    def pay(self) -> None:
        with injected(self.round.confirmed_at + timedelta(minutes=5)):  # type: ignore[operator]
            self.awards.do(self.plant.finance)

    # People. ---------------------------------------------------------------------------------------------------------

    def object(self, person: Person, candidate: Candidate, **typed: Any) -> Any:
        sent = {"how": "named", "token": str(uuid4()), "grounds": GROUNDS, **typed}
        url = reverse("object_to_award", args=[candidate.pk])
        return self.plant.client(Person.objects.get(pk=person.pk)).post(url, sent)

    def objected(self, person: Person, candidate: Candidate, **typed: Any) -> Case:
        answer = self.object(person, candidate, **typed)
        assert answer.status_code == 303, answer.content.decode()
        return Case.objects.get(number=answer["Location"].split("/")[2])

    def representative(self, name: str = "连工会") -> Person:
        person = Person.objects.create(
            employee_no="20300", name=name, unit=self.plant.workshop, must_change_password=False,
            password=self.plant.author.password, joined_on=self.plant.author.joined_on,
        )  # fmt: skip
        self.plant.hold(person, Role.UNION_REPRESENTATIVE, self.plant.workshop)
        return person

    def unsigned(self, person: Person, candidate: Candidate, grounds: str = GROUNDS) -> str:
        """Returns the receipt's code."""
        client = self.plant.client(person)
        url = reverse("object_to_award", args=[candidate.pk])
        page = client.get(url)
        sent = {"how": "unsigned", "grounds": grounds, "receipt": page.context["receipt"], "token": str(uuid4())}
        answer = client.post(url, sent)
        assert answer.status_code == 200, answer.content.decode()
        found = CODE.search(answer.content.decode())
        assert found is not None
        return found.group()

    # The panel. ------------------------------------------------------------------------------------------------------

    def panel(self, case: Case) -> list[WorkItem]:
        return list(WorkItem.objects.filter(case=case, state="open", step__node="panel").select_related("person"))

    def decide(self, case: Case, *, uphold: bool, reason: str) -> None:
        """Everybody of the panel says the same until it is decided."""
        for item in self.panel(case):
            if Step.objects.get(pk=item.step_id).closed_at is not None:
                return
            assert item.person is not None
            answer = self.say(item, uphold=uphold, reason=reason)
            assert answer.status_code == 303, answer.content.decode()

    def say(self, item: WorkItem, *, uphold: bool, reason: str, by: Person | None = None) -> Any:
        verb = {"verb": "complete"} if uphold else {"verb": "reject", "sheet": "1"}
        client = self.plant.client(by or Person.objects.get(pk=item.person_id))
        sent = {**verb, "token": str(uuid4()), "reason": reason}
        return client.post(reverse("decide", args=[item.case.number, item.pk]), sent)

    def lines(self, candidate: Candidate) -> list[tuple[str, str, bool]]:
        """Kind, amount, and whether a list has taken it up."""
        rows = Payment.objects.filter(candidate=candidate).order_by("pk")
        return [(row.kind, str(row.amount), row.round_id is not None) for row in rows]

    def objection(self, case: Case) -> Objection:
        return Objection.objects.select_related("case").get(case=case)

    def left(self) -> Unsigned:
        return Unsigned.objects.get()

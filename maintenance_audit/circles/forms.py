"""What is typed: the registration, what each stage showed, a judge's mark, the result."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from maintenance_audit.circles import course, tally
from maintenance_audit.circles.models import Circle, Mark, Member, Theme
from maintenance_audit.circles.rules import rules_of
from workflows.engine import independence
from workflows.engine.errors import Recused
from workflows.engine.filing import FilingForm
from workflows.engine.models import Case, CaseParty
from workflows.engine.turn import Turn
from workflows.engine.work_forms import AreaField, DayField, EvidenceForm, Pick, TextField, WorkForm
from workflows.ledger.clock import now
from workflows.organisation.forms.profile import ColleagueField
from workflows.organisation.models import Person

MOST = 20
BETWEEN = re.compile(r"[,，、;；\n]+")


class MembersField(forms.CharField):
    """Colleagues by employee number or full name, one after another."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), **options)
        self.one = ColleagueField()

    def clean(self, value: Any) -> list[Person]:  # type: ignore[override]
        words = [word for part in BETWEEN.split(super().clean(value)) if (word := part.strip())]
        if len(words) > MOST:
            raise forms.ValidationError(gettext("A circle has at most %(most)s members.") % {"most": MOST})
        return list({found.pk: found for word in words if (found := self._found(word))}.values())

    def _found(self, word: str) -> Person | None:
        try:
            return self.one.clean(word)
        except forms.ValidationError as refused:
            raise forms.ValidationError(f"“{word}”: {refused.messages[0]}") from refused


class RegistrationForm(FilingForm):
    row = Circle
    heading = _("Register a circle")
    button = pgettext_lazy("button", "Register it")
    explanation = _("The section says whether the theme is registered; then plan, do, check and act, each with proof.")

    name = forms.CharField(label=_("Name of the circle"), max_length=60)
    unit = AreaField(label=_("Unit"))
    leader = ColleagueField(label=_("Leader"), help_text=_("Employee number or full name"))
    members = MembersField(
        label=_("Members beside the leader"), help_text=_("Employee numbers or full names, with a comma between them")
    )
    title = forms.CharField(label=_("The theme"), max_length=120)
    theme = forms.ChoiceField(label=_("Kind of theme"), choices=Theme, initial=Theme.SITE, widget=Pick)
    why = TextField(label=_("Why this one"))
    goal = TextField(label=_("The goal, so that one can measure it"), rows=2)
    planned_until = DayField(label=_("Planned until"))

    def __init__(self, data: Any = None, files: Any = None, *, person: Person, turn_case: Case | None = None) -> None:
        super().__init__(data, files, person=person, turn_case=turn_case)
        members: Any = self.fields["members"]
        members.one.people = Person.objects.colleagues_of(person)
        self.initial.setdefault("leader", person.employee_no)

    def clean_members(self) -> list[Person]:
        leader = self.cleaned_data.get("leader")
        return [one for one in self.cleaned_data["members"] if one != leader]

    def parties(self) -> list[tuple[int, str]]:
        team = [(self.cleaned_data["leader"].pk, "leader")]
        return team + [(one.pk, "member") for one in self.cleaned_data["members"]]

    def texts(self) -> dict[str, str]:
        return super().texts() | {"members": " ".join(str(one) for one in self.cleaned_data["members"])}

    def write(self, case: Case) -> None:
        """Whoever was once named stays barred from judging it, though no longer of the circle."""
        super().write(case)
        circle = Circle.objects.get(case=case)
        circle.members.all().delete()
        people = enumerate(self.cleaned_data["members"])
        Member.objects.bulk_create(Member(circle=circle, person=one, place=place) for place, one in people)
        named = [CaseParty(case=case, person_id=pk, relation=relation) for pk, relation in self.parties()]
        CaseParty.objects.bulk_create(named, ignore_conflicts=True)

    def read(self, case: Case) -> dict[str, Any]:
        circle = Circle.objects.select_related("leader").get(case=case)
        members = circle.members.select_related("person")
        return super().read(case) | {
            "leader": circle.leader.employee_no, "members": "、".join(one.person.employee_no for one in members),
        }  # fmt: skip


class PlanningForm(EvidenceForm):
    heading = _("Plan: causes, what is to be done, by whom, until when")
    button = said = _("Hand in the plan")


class DoingForm(EvidenceForm):
    heading = _("Do: what was done")
    button = said = _("Hand in what was done")


class CheckingForm(EvidenceForm):
    heading = _("Check: what came of it, against the goal")
    button = said = _("Hand in the check")

    reached = TextField(label=_("What was reached, measured as the goal is"), rows=2)

    def save(self, held: Turn) -> None:
        row = course.row_of(held.case)
        row.reached = self.cleaned_data["reached"]
        row.save(update_fields=["reached"])
        super().save(held)


class ActingForm(EvidenceForm):
    heading = _("Act: what stays, in which standard, and what comes next")
    button = said = _("Hand in what stays")


class MarkForm(WorkForm):
    heading = _("Your mark for the presentation")
    explanation = _("Marks are given openly, as on the day: everybody who reads the case sees them.")
    button = said = _("Give the mark")

    mark = forms.IntegerField(label=_("Mark, 0 to 100"), min_value=0, max_value=100)
    words = TextField(label=_("What was good, what could be better"), required=False)

    def save(self, held: Turn) -> None:
        mark, words = self.cleaned_data["mark"], self.cleaned_data["words"]
        circle = course.row_of(held.case)
        if why := independence.why_not(held.case, held.actor):  # since they were seated
            raise Recused(why)
        held.complete(words, data={"mark": mark})
        Mark.objects.create(circle=circle, step=held.step, judge=held.actor, mark=mark, words=words, given_at=now())


class ResultForm(WorkForm):
    """Approving accepts. Where it does not suffice yet the way is to return it, to be presented again or before."""

    heading = _("Accept the result?")
    button = said = _("Accept the result")

    words = TextField(label=_("What the workshop says to it"), rows=2)

    def clean(self) -> dict[str, Any]:
        marks, rules = [one.mark for one in course.marks_of(self.case)], rules_of(self.case)
        if not tally.suffices(marks, least=rules.least_marks, pass_mark=rules.pass_mark):
            said = {
                "n": len(marks), "least": rules.least_marks, "pass": rules.pass_mark,
                "mean": tally.shown(tally.mean(sum(marks), len(marks))) or "—",
            }  # fmt: skip
            raise forms.ValidationError(
                gettext(
                    "%(n)s judges have marked, mean %(mean)s; by the rules it takes %(least)s and %(pass)s. "
                    "Return it to the presentation or to an earlier stage."
                )
                % said
            )
        return super().clean() or self.cleaned_data

    def save(self, held: Turn) -> None:
        held.approve(self.cleaned_data["words"], data=self.recorded)

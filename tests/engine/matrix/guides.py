"""How a case of each kind is begun, and what is typed at its working steps. A kind without a guide fails the matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from innovation.awards.models import Seat
from innovation.objections.forms import ObjectionForm
from tests.assessments import story as checks
from tests.awards.award_story import AwardStory, publish_award_rules
from tests.circles import story as circles
from tests.findings import story as findings
from tests.hazards import story as hazards
from tests.inspections import story as inspections
from tests.jobs import story as jobs
from tests.lots import story as lots
from tests.objections.objection_story import ObjectionStory
from tests.plant import Plant, _Builder
from tests.proposal_story import Story, publish_rules
from tests.reverification import story as reverifications
from workflows.engine import clocks
from workflows.engine.filing import file
from workflows.engine.models import Case
from workflows.ledger.clock import injected, now
from workflows.organisation.models import Person, Role, RoleHolding

Fields = Mapping[str, Any]
STEPS_OF_A_LOT = (
    "freezing", "lead_commitment", "contractor_commitment", "workshop_commitment", "union_commitment",
    "contractor_reveal", "workshop_reveal", "union_reveal", "drawing", "decision",
)  # fmt: skip


@dataclass(frozen=True)
class Guide:
    """What only the business knows.

    begin: publish rules once. filings: file a case, each in a way that other steps are met.
    forms: what is typed at a working step, for the page and for the API.
    own_page: a step's own page on the site and what is typed there; it has no operation in the API.
    decided: steps at which the case is decided already, so that its author no longer withdraws it.
    lasting: steps whose end has an effect that is not taken back; took_effect: the same, and the case goes on.
    appeals: steps whose work is to appeal.
    photos: steps whose form wants a photo, which only the page takes.
    alone: personal steps that are one person's part and no more. reserved: the case is read by nobody else.
    ahead: how the case goes on from steps that one person's one act does not end.
    """

    begin: Callable[[Plant], None]
    filings: tuple[Callable[[Plant], Case], ...]
    forms: Callable[[Plant, str], Fields] = lambda plant, node: {}
    own_page: Mapping[str, Callable[[Plant, Case, Person], tuple[str, Fields]]] = field(default_factory=dict)
    decided: frozenset[str] = frozenset()
    lasting: frozenset[str] = frozenset()
    took_effect: frozenset[str] = frozenset()
    appeals: frozenset[str] = frozenset()
    photos: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    reserved: bool = False
    ahead: Mapping[str, Callable[[Plant, Case], None]] = field(default_factory=dict)


def _proposal_forms(plant: Plant, node: str) -> Fields:
    forms: dict[str, Fields] = {
        "arrangement": {
            "implementer": plant.coauthor.employee_no,
            "due": (timezone.localdate() + timedelta(days=30)).isoformat(),
        },
        "implementation": {"note": "已改为双层导流，运行一周。"},
        "effect_report": {"saving": "45000.00", "added_cost": "0", "investment": "0", "note": "三个班的计量。"},
        "rejection": {"reason": "与已有的并不相同。"},
    }
    return forms.get(node, {})


def _mend(plant: Plant, case: Case, person: Person) -> tuple[str, Fields]:
    from innovation.proposals.models import Problem
    from innovation.proposals.typed_form import typed_from

    problem = Problem.raise_new(title="烟尘率高", unit=plant.section, by=plant.section_member)
    case = Case.objects.get(pk=case.pk)
    typed = typed_from(case.proposal) | {"problem": [str(problem.pk)]}  # type: ignore[attr-defined]
    lines = {"line_kind": ["saving"], "line_label": ["省"], "line_unit_value": ["1000"], "line_quantity": ["90"]}
    return reverse("revise_proposal", args=[case.number]), typed | lines


def _hazard_forms(plant: Plant, node: str) -> Fields:
    if node.endswith("_assignment"):
        return hazards.HazardStory(plant).order()
    forms: dict[str, Fields] = {
        "revision": {"title": "5 号渣包吊耳有裂纹", "severity": "larger", "place": "渣包跨 3 号位"},
        "rectification": {"note": "已换新吊耳，探伤合格。"},
        "rejection": {"reason": "不是孔，是裂纹。"},
    }
    return forms.get(node, {})


def _begin_rounds(plant: Plant) -> None:
    told = AwardStory(plant)
    told.begin()
    for judge in told.judges[3:]:
        judge.holdings.all().delete()
    told.implemented()
    Person.objects.update(language="en")
    plant.extra["awards"] = told


def _open_round(plant: Plant) -> Case:
    told: AwardStory = plant.extra["awards"]
    told.open()
    assert told.case is not None
    return told.case


def _round_without_marks(plant: Plant) -> Case:
    """Nobody marked by the deadline: substitutes are looked for."""
    case = _open_round(plant)
    told: AwardStory = plant.extra["awards"]
    told.do(told.officer)
    told.wait_until(now() + timedelta(days=30))
    return case


def _all_mark(plant: Plant, case: Case) -> None:
    told: AwardStory = plant.extra["awards"]
    told.case = case
    for seat in Seat.objects.filter(round__case=case, sealed_at=None, late=False).select_related("person"):
        told.write(seat.person, 85)
        told.seal(seat.person)


def _period_passes(plant: Plant, case: Case) -> None:
    told: AwardStory = plant.extra["awards"]
    told.case = case
    told.wait_until(told.round.publicity_until + timedelta(seconds=1))  # type: ignore[operator]


def _seal(plant: Plant, case: Case, person: Person) -> tuple[str, Fields]:
    told: AwardStory = plant.extra["awards"]
    told.case = case
    told.write(person, 85)
    return reverse("seal_marks", args=[case.number]), {}


def _begin_objections(plant: Plant) -> None:
    told = ObjectionStory(plant)
    (plant.extra["award"],) = told.announced()
    Person.objects.update(language="en")


def _object(plant: Plant) -> Case:
    typed = QueryDict(mutable=True)
    typed.update({"candidate": str(plant.extra["award"].pk), "grounds": "早有此法。"})
    form = ObjectionForm(typed, None, person=plant.stranger)
    assert form.is_valid(), form.errors
    return file(actor=plant.stranger, kind="award_objection", token=uuid4(), form=form).case


def _begin_reverifications(plant: Plant) -> None:
    publish_rules(plant)
    publish_award_rules(plant)
    reverifications.publish_rules(plant)


def _circle_forms(plant: Plant, node: str) -> Fields:
    typed = circles.CircleStory(plant).typed()
    forms: dict[str, Fields] = {
        "revision": {key: value for key, value in typed.items() if key not in ("token", "unit")},
        "checking": {"note": "对照目标量了三个月。", "reached": "每月 1.5 次"},
        "presentation": {"mark": "85", "words": "数据扎实"},
        "result": {"words": "可推广"},
    }
    return forms.get(node, {"note": "做完，附照片。"})


def _begin_circles(plant: Plant) -> None:
    """The section says its word five times, and the matrix asks somebody new each time."""
    from tests.plant import _Builder

    circles.begin(plant)
    make = _Builder()
    make.number = 23000
    for n in range(6):
        plant.hold(make.person(f"chief{n}", plant.section, language="en"), Role.SECTION_CHIEF, plant.section)


def _all_judge(plant: Plant, case: Case) -> None:
    told = circles.CircleStory(plant, case)
    told.marks(85, 85, 85)


def _begin_jobs(plant: Plant) -> None:
    jobs.Register.of(plant)
    jobs.publish_rules(plant)
    Person.objects.update(language="en")


def _ask_for_a_job(**typed: Any) -> Callable[[Plant], Case]:
    return lambda plant: jobs.JobStory(plant).file(**typed)


def _ask_as_planner(plant: Plant) -> Case:
    """Whoever asked does not dispatch it, nor settle it: the workshop does."""
    return jobs.JobStory(plant).file(jobs.Register.of(plant).planner, unit=plant.section.pk, hidden_work="on")


def _nobody_in_the_section(plant: Plant) -> Case:
    """The chiefs of the section are away for good: the workshop approves and accepts."""
    RoleHolding.objects.filter(role=Role.SECTION_CHIEF).update(ends_at=now())
    return jobs.JobStory(plant).file(hidden_work="on")


def _job_forms(plant: Plant, node: str) -> Fields:
    told = jobs.JobStory(plant)
    node = node.removeprefix("workshop_")
    forms: dict[str, Callable[[], Fields]] = {
        "revision": lambda: {name: value for name, value in told.typed(hidden_work="on").items() if name != "token"},
        "dispatch": told.order,
        "start": lambda: {"permits": "动火票 D-118，已隔离"},
        "hidden_work": lambda: {"note": "基础钢筋"},
        "completion": told.claims,
        "settlement": lambda: {"amount": "3100.00"},
    }
    return forms[node]() if node in forms else {}


def _warranty_passes(plant: Plant, case: Case) -> None:
    with injected(now() + timedelta(days=100)):
        clocks.turn()


def _begin_lots(plant: Plant) -> None:
    """Each party has a second person, and the firm hands nothing to the plant's."""
    told = lots.LotStory(plant)
    told.begin()
    told.jobs(8)
    for n, (role, unit) in enumerate(
        ((Role.AUDIT_LEAD, plant.workshop), (Role.MAINTENANCE_PLANNER, plant.workshop),
         (Role.UNION_REPRESENTATIVE, plant.workshop), (Role.CONTRACTOR, plant.contractor)), 1
    ):  # fmt: skip
        told.person(f"second{n}", f"6140{n}", unit, role)
    Person.objects.update(language="en")
    plant.extra["lots"] = told


def _open_lot(plant: Plant) -> Case:
    told: lots.LotStory = plant.extra["lots"]
    told._nonces = 0
    return told.open().case


def _lot_forms(plant: Plant, node: str) -> Fields:
    told: lots.LotStory = plant.extra["lots"]
    return told.three() if node.endswith("_commitment") else {}


def _all_tiers(plant: Plant, case: Case) -> None:
    told: lots.LotStory = plant.extra["lots"]
    told.lot_id = case.lot.pk  # type: ignore[attr-defined]
    told.inspect()
    while told.node != "decision":
        told.reveal()
        told.draw()
        told.inspect()


def _begin_inspections(plant: Plant) -> None:
    """A draw is made; a second lead may rule, too, and those who inspect hold nothing else."""
    told = inspections.InspectionStory(plant)
    told.to_draw(3)
    told.person("second1", "61401", plant.workshop, Role.AUDIT_LEAD)
    Person.objects.update(language="en")
    plant.extra["inspections"] = told


def _first_record(plant: Plant) -> Case:
    told: inspections.InspectionStory = plant.extra["inspections"]
    return told.inspection("site").case


def _seal_record(plant: Plant, case: Case, person: Person) -> tuple[str, Fields]:
    told: inspections.InspectionStory = plant.extra["inspections"]
    told.write(told.inspection("site"))
    return reverse("seal_inspection", args=[case.number]), {}


def _two_forms_differ(plant: Plant) -> Case:
    told: inspections.InspectionStory = plant.extra["inspections"]
    return told.check(site={"seal": inspections.OLD_PART}).adjudication.case


def _rule(plant: Plant, case: Case, person: Person) -> tuple[str, Fields]:
    claim = case.adjudication.drawn_job.lot_job.job.claims.get(key="seal")  # type: ignore[attr-defined]
    return reverse("adjudicate", args=[case.number]), {
        "claim": claim.pk, "verdict": "conforming", "reasons": "合格证与实物一致。",
    }  # fmt: skip


def _finding_forms(plant: Plant, node: str) -> Fields:
    forms: dict[str, Fields] = {
        "reply": {"stand": "contest", "words": "装的是新件。"},
        "confirmation": findings.FindingStory(plant).order(),
        "rectification": {"words": "已换原厂件。"},
        "recheck": {"words": "编号一致。"},
        "release_request": {"reason": "复查通过。"},
    }
    return forms.get(node, {})


def _check_forms(plant: Plant, node: str) -> Fields:
    forms: dict[str, Fields] = {
        "scoring": checks.CheckStory.typed(),
        "reply": {"stand": "accept", "words": "情况属实。"},
        "rectification": {"done-2": "已补拍。"},
    }
    return forms.get(node, {})


def _begin_checks(plant: Plant) -> None:
    checks.begin(plant)
    _more_of_the_workshop(plant)


def _more_of_the_workshop(plant: Plant) -> None:
    """As many audit leads and inspectors of the workshop as sign, so that one signature of several is not the last."""
    make = _Builder()
    make.number = 31000
    for role, count in ((Role.AUDIT_LEAD, 2), (Role.INSPECTOR, 2)):
        for n in range(count):
            plant.hold(make.person(f"{role.value}{n}", plant.workshop), role, plant.workshop)
    Person.objects.update(language="en")


def _begin_findings(plant: Plant) -> None:
    findings.people(plant)
    findings.publish_rules(plant)
    _more_of_the_workshop(plant)


GUIDES: dict[str, Guide] = {
    "inspection": Guide(
        begin=_begin_inspections,
        filings=(_first_record,),
        own_page={"recording": _seal_record},
        alone=frozenset({"recording"}),
        reserved=True,
        decided=frozenset({"recording"}),
        lasting=frozenset({"recording"}),
    ),
    "adjudication": Guide(
        begin=_begin_inspections,
        filings=(_two_forms_differ,),
        own_page={"ruling": _rule},
        decided=frozenset({"ruling"}),
        lasting=frozenset({"ruling"}),
    ),
    "job": Guide(
        begin=_begin_jobs,
        filings=(_ask_for_a_job(hidden_work="on"), _ask_as_planner, _nobody_in_the_section),
        forms=_job_forms,
        decided=frozenset(
            {"hidden_work", "completion", "acceptance", "workshop_acceptance", "settlement", "workshop_settlement"}
        ),
        took_effect=frozenset(
            {
                "approval",
                "workshop_approval",
                "dispatch",
                "workshop_dispatch",
                "acceptance",
                "workshop_acceptance",
                "settlement",
                "workshop_settlement",
            }
        ),
        photos=frozenset({"hidden_work"}),
        ahead={"warranty": _warranty_passes},
    ),
    "lot": Guide(
        begin=_begin_lots,
        filings=(_open_lot,),
        forms=_lot_forms,
        decided=frozenset(STEPS_OF_A_LOT),
        lasting=frozenset({"decision"}),
        took_effect=frozenset(STEPS_OF_A_LOT) - {"decision"},
        ahead={"inspecting": _all_tiers},
    ),
    "assessment": Guide(
        begin=_begin_checks,
        filings=(
            lambda plant: checks.CheckStory(plant).planned(),
            lambda plant: checks.CheckStory(plant).planned(plant.contractor),
        ),
        forms=_check_forms,
        decided=frozenset({"scoring", "reply", "confirmation", "rectification", "verification"}),
        lasting=frozenset({"verification"}),
        took_effect=frozenset({"confirmation"}),
    ),
    "award_round": Guide(
        begin=_begin_rounds,
        filings=(_open_round, _round_without_marks),
        forms=lambda plant, node: {"how": "draw"} if node == "substitution" else {},
        own_page={"scoring": _seal},
        decided=frozenset({"selection", "scoring", "substitution", "ranking", "confirmation", "payout"}),
        lasting=frozenset({"payout"}),
        took_effect=frozenset({"selection", "substitution", "ranking", "confirmation"}),
        ahead={"scoring": _all_mark, "publicity": _period_passes},
    ),
    "award_objection": Guide(
        begin=_begin_objections,
        filings=(_object,),
        forms=lambda plant, node: {"reason": "记录属实。"} if node == "panel" else {"grounds": "2024 年 3 月就有。"},
        lasting=frozenset({"panel"}),
    ),
    "circle": Guide(
        begin=_begin_circles,
        filings=(lambda plant: circles.CircleStory(plant).register(),),
        forms=_circle_forms,
        lasting=frozenset({"result"}),
        photos=frozenset({"planning", "doing", "checking", "acting"}),
        ahead={"presentation": _all_judge},
    ),
    "proposal": Guide(
        begin=lambda plant: publish_rules(plant) and None,
        filings=(
            lambda plant: Story(plant).file(benefit="1860000.00"),
            lambda plant: Story(plant).file(benefit="40000.00", cost="0.00"),
        ),
        forms=_proposal_forms,
        own_page={"revision": _mend},
        decided=frozenset(
            {"rejection", "arrangement", "implementation", "effect_report", "finance_check", "chief_check"}
        ),
        lasting=frozenset({"finance_check", "chief_check"}),
        appeals=frozenset({"rejection"}),
    ),
    "finding": Guide(
        begin=_begin_findings,
        filings=(lambda plant: findings.FindingStory(plant).found("critical"),),
        forms=_finding_forms,
        decided=frozenset({"reply", "confirmation", "rectification", "recheck", "release_request", "release_approval"}),
        lasting=frozenset({"release_approval"}),
        took_effect=frozenset({"confirmation", "recheck"}),
        photos=frozenset({"rectification"}),
    ),
    "hazard": Guide(
        begin=lambda plant: hazards.publish_rules(plant) and None,
        filings=(
            lambda plant: hazards.HazardStory(plant).report(plant.author),
            lambda plant: hazards.HazardStory(plant).report(plant.author, severity="major"),
        ),
        forms=_hazard_forms,
        decided=frozenset({"rectification", "section_verification", "workshop_verification"}),
        lasting=frozenset({"section_verification", "workshop_verification"}),
        appeals=frozenset({"rejection"}),
        photos=frozenset({"rectification"}),
    ),
    "reverification": Guide(
        begin=_begin_reverifications,
        filings=(
            lambda plant: reverifications.due(plant, award=True),
            lambda plant: reverifications.due(plant, award=False),
        ),
        # A third of what was booked: short, so that the award is reviewed.
        forms=lambda plant, node: {"saving": "30000.00", "note": "十二个月的计量。"} if node == "report" else {},
        decided=frozenset({"report", "finance_check", "review"}),
        lasting=frozenset({"review"}),
        took_effect=frozenset({"finance_check"}),
    ),
}

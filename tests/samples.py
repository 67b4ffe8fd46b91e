"""One of each thing that a URL can name, none of it the stranger's.

Whoever adds a URL with a new argument gives it a sample here; the walk in test_every_url fails until then.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.utils import timezone

from innovation.awards import opening
from innovation.awards.models import AwardRound, Candidate
from innovation.history.models import PastAward, Upload
from innovation.objections.models import Unsigned
from innovation.proposals.models import Draft, Problem
from maintenance_audit.assessments.models import ProcessProblem
from maintenance_audit.inspections import warning
from maintenance_audit.jobs.models import JobImport, JobMapping
from maintenance_audit.register.models import (
    ClaimTemplate,
    Contractor,
    Equipment,
    EquipmentUpload,
    FailureCode,
    WorkKind,
)
from tests.awards.award_story import AwardStory
from tests.findings import story as findings
from tests.inspections.story import OLD_PART, InspectionStory
from tests.jobs import story as jobs
from tests.plant import Plant
from tests.proposal_story import Story
from workflows.documents.models import Document
from workflows.engine.models import CalendarImport, Case, RuleVersion, Waiver, WorkItem
from workflows.ledger.clock import now
from workflows.notices.models import Notice, Outbox, Robot
from workflows.operations.models import Correction
from workflows.organisation import absences, ties, tokens
from workflows.organisation.models import ApiToken, Device, RosterImport

# Things that everybody with an account may see: the URL's name, and why.
FOR_EVERYBODY = {
    "checkpoint_file": "a checkpoint is there to be taken outside",
    "flow_picture": "how a kind of case runs is no secret",
    "rule_detail": "the rules in force are for everybody they bind",
    "problem_detail": "anybody of the workshop may solve a problem",
    "past_award": "awards are public in their workshop",
    "lot": "lots are public in their workshop",
    "draw_record_page": "a draw is public in its company",
    "draw_live": "a draw is public in its company",
    "draw_record": "a draw is public in its company",
    "point_at_job": "any worker points at a job",
    "equipment": "the register is for everybody of the plant",
    "failure_code": "the register is for everybody of the plant",
    "work_kind": "the register is for everybody of the plant",
    "template": "the register is for everybody of the plant",
    "contractor": "the register is for everybody of the plant",
    "process_problem": "the problem register is read by everybody of the workshop",
}
# Their number is an award round's.
OF_A_ROUND = (
    "award_round", "score_candidates", "score_candidate", "seal_marks", "put_in_candidate", "take_out_candidate",
    "publicity", "publicity_notice", "award_payout", "award_payout_sheet", "award_payout_print", "award_round_file",
)  # fmt: skip
# Their number is an outsourced job's.
OF_A_JOB = ("job", "cancel_job", "take_up_job", "correct_job_code", "correct_job_settlement")
# Their number is a lot's, a drawn job's.
OF_A_LOT = (
    "lot", "withdraw_job", "job_not_shown", "look_again", "resubmit_lot", "draw_record_page", "draw_live",
    "draw_record",
)  # fmt: skip
# Their number is an inspection's.
OF_AN_INSPECTION = ("inspection", "send_answers", "send_inspection_photo", "drop_inspection_photo", "seal_inspection")
# Their key is a problem's of the register.
OF_THE_REGISTER = ("process_problem", "plan_process_problem", "close_process_problem", "feed_process_problem")
# Answers the same whether the thing exists or not, because it looks among the asker's own only.
AMONG_ONES_OWN = {"delete_draft", "drop_draft_photo"}


def fingerprint() -> list[Any]:
    """The things that `AMONG_ONES_OWN` could harm."""
    return [*Draft.objects.values_list("pk", "person", "content"), *Document.objects.values_list("pk", "holder")]


def award_round(plant: Plant) -> AwardRound:
    """The story's own, or last month's with one candidate, its scoring open."""
    if there := AwardRound.objects.filter(workshop=plant.workshop).first():
        return there
    told = AwardStory(plant)
    told.publish_rules()
    told.implemented(title="渣口冷却水套改铜件")
    last_month = timezone.localdate(now()).replace(day=1) - timedelta(days=1)
    round = opening.open_round(plant.workshop, last_month.replace(day=1))
    assert round is not None
    told.case = round.case
    told.do(told.officer)
    return round


def _lot(plant: Plant) -> InspectionStory:
    """A lot whose teams' draw is made, every job of it checked."""
    told = InspectionStory(plant)
    told.to_draw(4)
    return told


def _inspections(plant: Plant, drawn: InspectionStory) -> dict[str, Any]:
    """One is being recorded; another's forms differ."""
    first, second = drawn.numbers()[:2]
    ruled = drawn.check(second, site={"seal": OLD_PART})
    notice, _new = warning.send(
        actor=plant.section_member, token=uuid4(), section=plant.section, place="循环水泵坑", danger="没有盖板"
    )
    number = drawn.inspection("site", first).case.number
    return {
        **{f"{name}/number": number for name in OF_AN_INSPECTION},
        "adjudicate/number": ruled.adjudication.case.number,
        "drawn_job": ruled.pk,
        "notice_id": notice.pk,
    }


def _award(plant: Plant, case: Case) -> Candidate:
    """An award that hangs out, of a round that is seen by whoever sees the case."""
    moment = now()
    round = AwardRound.objects.create(
        case=case, workshop=plant.workshop, month=timezone.localdate(moment).replace(day=1), cut_off=moment,
        marks_opened_at=moment, announced_at=moment, publicity_until=moment + timedelta(days=5),
    )  # fmt: skip
    return Candidate.objects.create(
        round=round, proposal=case.proposal, level="team", filed_at=moment, score="90/1", rank=1, grade="一等奖",  # type: ignore[attr-defined]
        unscaled=3000, amount=3000,
    )  # fmt: skip


def _register(plant: Plant) -> dict[str, Any]:
    """One of each thing in the maintenance register."""
    kind = WorkKind.objects.create(code="BZX", name="泵类检修")
    uploaded = EquipmentUpload.objects.create(
        uploader=plant.admin, name="设备.xlsx", digest="0" * 64, uploaded_at=now(),
        content={"rows": [], "faults": [], "headers": {}, "ignored": []},
    )  # fmt: skip
    return {
        "tag": "SSL-203",
        "equipment_id": Equipment.objects.create(tag="SSL-203", name="强制循环泵 A", unit=plant.section).pk,
        "code_id": FailureCode.objects.create(code="LX", name="漏泄").pk,
        "kind_id": kind.pk,
        "template_id": ClaimTemplate.objects.create(work_kind=kind, version=1, drafted_by=plant.admin).pk,
        "contractor_id": Contractor.objects.create(unit=plant.contractor).pk,
        "equipment_upload": uploaded.pk,
        "job_import": JobImport.objects.create(
            uploader=plant.admin, name="委托单.csv", file="documents/none.csv", digest="0" * 64, source="0" * 64,
            headers=["单号"], uploaded_at=now(), moved_at=now(),
        ).pk,
        "mapping_id": JobMapping.objects.create(
            workshop=plant.workshop, by="tag", note="两台泵合为一单", made_by=plant.admin, made_at=now()
        ).pk,
    }  # fmt: skip


def _finding(plant: Plant) -> Case:
    findings.people(plant)
    findings.publish_rules(plant)
    return findings.FindingStory(plant).found()


def of_arguments(plant: Plant, story: Story) -> dict[str, Any]:
    """By the argument's name; `name of the URL/argument` goes before it."""
    return of_arguments_of(plant, story, None)


def of_arguments_of(plant: Plant, story: Story, drawn: InspectionStory | None) -> dict[str, Any]:
    """The same, where a story has drawn a lot already: its first drawn job is left alone."""
    case = story.file()
    tokens.issue(plant.author, "脚本")
    document = Document.objects.create(
        uuid=uuid4(), holder=f"case:{case.pk}", name="a.pdf", mime="application/pdf", size=1,
        digest_received="0" * 64, digest_kept="0" * 64, uploader=plant.author, file="documents/none.pdf",
    )  # fmt: skip
    roster = RosterImport.objects.create(
        uploader=plant.admin, name="花名册.xlsx", digest="0" * 64, uploaded_at=now(), rows=[], faults=[]
    )
    draft = Draft.objects.create(token=uuid4(), person=plant.author, content={}, saved_at=now())
    problem = Problem.raise_new(title="结瘤", unit=plant.section, by=plant.author)
    told = Outbox.objects.create(
        event="engine.task.waiting", key="sample", recipient=plant.author, channel="in_product",
        subject=f"case:{case.pk}", url="/",
    )  # fmt: skip
    notice = Notice.objects.create(
        occurrence=told, recipient=plant.author, event=told.event, subject=told.subject, url="/", created_at=now()
    )
    robot = Robot.objects.create(unit=plant.section, kind="wecom", name="工段群", credential=b"", made_by=plant.admin)
    stuck = Outbox.objects.create(
        event="engine.task.waiting", key="stuck", recipient=plant.author, channel="mail", state="failed",
        subject=f"case:{case.pk}", url="/", last_error="550",
    )  # fmt: skip
    absence = absences.declare_absence(
        actor=plant.author, substitute=plant.teammate, starts_at=None, ends_at=now() + timedelta(days=1)
    )
    correction = Correction.objects.create(
        token=uuid4(), case=case, step=case.steps.get(), reason="报错了班组", requester=plant.admin, requested_at=now()
    )
    round = award_round(plant)
    rules = RuleVersion.objects.get(kind="proposal")
    uploaded = Upload.objects.create(
        workshop=plant.workshop, uploader=plant.admin, name="历年获奖.xlsx", digest="0" * 64, uploaded_at=now(),
        content={"awards": [], "problems": [], "faults": [], "where": {}, "ignored": []},
    )  # fmt: skip
    past = PastAward.objects.create(
        workshop=plant.workshop, unit=plant.team, title="导流筒", month=date(2024, 3, 1), grade="二等奖",
        upload=uploaded, row=2, key="0" * 64, digest="0" * 64, received_at=now(),
    )  # fmt: skip
    award = _award(plant, case)
    unsigned = Unsigned.objects.create(
        candidate=award, grounds="早有此法。", receipt="0" * 64, received_on=timezone.localdate(now())
    )
    kept = _register(plant)
    (job,) = jobs.there(plant)
    drawn = drawn or _lot(plant)
    waiver = Waiver.objects.create(
        case=case, person=plant.coauthor, reason="专业只此一人", asked_by=plant.publisher, asked_at=now()
    )
    finding = _finding(plant)
    problem = ProcessProblem.raise_new(by=plant.extra["lead"], workshop=plant.workshop, process="旧件返还", text="无单")
    return {
        **kept,
        **{f"{name}/number": job.number for name in OF_A_JOB},
        **{f"{name}/number": round.case.number for name in OF_A_ROUND},
        **{f"{name}/number": drawn.lot.case.number for name in OF_A_LOT},
        **_inspections(plant, drawn),
        "job": drawn.numbers()[0],
        "point_at_job/number": drawn.numbers()[0],
        "workshop": plant.workshop.code,
        "contractor": plant.contractor.code,
        "what": "reduce",
        "waiver_id": waiver.pk,
        "finding/number": finding.number,
        **{f"{name}/pk": problem.pk for name in OF_THE_REGISTER},
        "finding_reply/number": finding.number,
        "finding_extension/number": finding.number,
        "finding_extension_answer/number": finding.number,
        "candidate": round.candidates.filter(out="").first().proposal.case.number,
        "upload_id": uploaded.pk,
        "award_id": past.pk,
        "object_to_award/candidate": award.pk,
        "unsigned": unsigned.pk,
        "correction_id": correction.pk,
        "unit_id": plant.section.pk,
        "person_id": plant.author.pk,
        "holding_id": plant.team_leader.holdings.get().pk,
        "tie_id": ties.declare_tie(actor=plant.author, other=plant.teammate).pk,
        "token_id": ApiToken.objects.get(person=plant.author, label="脚本").pk,
        "roster_id": roster.pk,
        "import_id": CalendarImport.objects.create(
            uploader=plant.admin, name="2027.xlsx", digest="0" * 64, uploaded_at=now(), rows=[]
        ).pk,
        "number": case.number,
        "checkpoint_file/number": 1,
        "problem_detail/number": problem.number,
        "problem_edit/number": problem.number,
        "token": draft.token,
        "photo": uuid4(),
        "notice_open/pk": notice.pk,
        "notice_read/pk": notice.pk,
        "notice": notice.pk,
        "kind": "proposal",
        "rule_detail/pk": rules.pk,
        "rule_edit/pk": rules.pk,
        "rule_publish/pk": rules.pk,
        "rule_submit/pk": rules.pk,
        "rule_send_back/pk": rules.pk,
        "rule_what_if/pk": rules.pk,
        "rule_what_if_sheet/pk": rules.pk,
        "item": WorkItem.objects.filter(case=case).first().pk,
        "verb": "approve",
        "case_act/verb": "copy",
        "act": "urge",
        "robot_id": robot.pk,
        "channel": "mail",
        "message_id": stuck.pk,
        "absence_id": absence.pk,
        "factor_id": Authenticator.objects.create(user=plant.author, type="totp", data={"secret": "none"}).pk,
        "device_id": Device.objects.create(
            person=plant.author, session_key="0" * 32, by="password", signed_in_at=now()
        ).pk,
        "provider_id": "plant",
        "panel": "checks",
        "audit_report_pdf/workshop": plant.workshop.pk,
        "audit_report_sheet/workshop": plant.workshop.pk,
        "month": "2026-10",
        "firm": Contractor.objects.get_or_create(unit=plant.contractor)[0].unit_id,
        "subject": f"case:{case.pk}",
        "seq": 1,
        "uuid": document.pk,
        "document/pk": document.pk,
        "document_thumb/pk": document.pk,
        "document_view/pk": document.pk,
        "document_erase/pk": document.pk,
    }

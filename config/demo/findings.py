"""What the seeded draws found: the latest walked through the very forms that people fill in, the earlier ones as they
came in from before, closed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from config.demo.forms import Hands
from config.demo.people import Plant
from maintenance_audit.findings import course, extending, facts, ladder, opening
from maintenance_audit.findings.models import Finding
from maintenance_audit.inspections.models import Ruling
from maintenance_audit.jobs.models import Job, JobState
from maintenance_audit.register.models import Severity
from workflows.engine import clocks, independence, kinds, plant_calendar, rulebook
from workflows.engine.models import Case
from workflows.engine.opening import next_number, vector
from workflows.ledger.clock import injected, now
from workflows.organisation import grants, roles
from workflows.organisation.models import Person, Role, UnitKind

WALKED = 18  # the latest; each takes some tenths of a second
# How each ends, the latest first: those of the last days are still under way.
FATES = (
    "open", "replied", "asked", "ordered", "submitted", "extended", "overdue", "closed", "failed", "withdrawn",
    "closed",
)  # fmt: skip
RELEASE = "approval"  # of the latest critical one that a team found in a decided lot: the release waits for approval
WORDS = ("装的是新件，附领料单。", "人数按班前会签到，附签到表。", "工时含夜间抢修，附派工单。", "情况属实，愿意整改。")
ADMITTED, NOT_BELIEVED = "外委单位认可，予以确认。", "证明材料与现场不一致，不采信。"
MEASURES = ("换原厂新件，旧件封存交回", "补交旧件并办交接单", "按实际工时更正申报", "补拍隐蔽部位并复验")
STANDARDS = (
    "编号与合格证一致，试车 2 小时不漏",
    "交接单双方签字，件数一致",
    "与签到、门禁记录一致",
    "照片能看清部位和编号",
)
DELAYS = (
    "原厂密封件后天才到货，附采购单。",
    "要等停车窗口，生产排在三天以后。",
    "焊工证复审这两天才出，先把人换好。",
)
DONE = (
    "已换原厂件，编号与合格证一致。",
    "旧件已交库，交接单附后。",
    "已更正申报，差额退回。",
    "已补拍，现场复验合格。",
)


def seed(plant: Plant, chance: random.Random, present: datetime) -> None:
    """After the draws and their records: each ruling that is a finding has one."""
    Findings(plant, chance, present).live()


class Findings:
    def __init__(self, plant: Plant, chance: random.Random, present: datetime) -> None:
        self.plant, self.chance, self.hands = plant, chance, Hands(chance)
        self.present = timezone.make_aware(present) if timezone.is_naive(present) else present

    def live(self) -> None:
        rulings = list(opening.needing().order_by("ruled_at", "pk").select_related("claim", "drawn_job__draw"))
        first = rulings[0].ruled_at if rulings else self.present
        with injected(min(first, self.present) - timedelta(days=1)):
            self._publish()
        waits = next((ruling for ruling in reversed(rulings) if _is_grave(ruling) and self._unpaid(ruling)), None)
        if waits is not None:
            rulings = self._held_until_approved(waits, rulings)
        self._import(rulings[:-WALKED])
        for n, ruling in enumerate(reversed(rulings[-WALKED:])):
            self._walk(ruling, FATES[n % len(FATES)])
        with injected(self.present):
            clocks.turn()
            ladder.turn()

    def _held_until_approved(self, waits: Ruling, rulings: list[Ruling]) -> list[Ruling]:
        """What upper tiers found of the same claim confirms it, and is no finding of its own. Returns the others."""
        for ruling in (same := [ruling for ruling in rulings if ruling.claim_id == waits.claim_id]):
            with injected(min(ruling.ruled_at, self.present)):
                opening.open_for(ruling)
        self._walk(waits, RELEASE)
        return [ruling for ruling in rulings if ruling not in same]

    def _unpaid(self, ruling: Ruling) -> bool:
        """The past has settled the job, whatever was found in it: here it has not, because a critical finding holds it
        from the moment it is opened. Of a lot that is still inspected nothing is settled, nor closed so soon."""
        paid = Job.objects.filter(lots__drawn=ruling.drawn_job_id, settled_at__isnull=False)
        return bool(paid.update(state=JobState.ACCEPTED, settled_at=None, settled_amount=None))

    def _publish(self) -> None:
        drafter = self.plant.holder(Role.INNOVATION_OFFICER, self.plant.workshop)[0]
        publisher = self.plant.holder(Role.RULE_PUBLISHER, self.plant.workshop)[0]
        rules, unit = dict(kinds.get("finding").first_rules), self.plant.workshop
        version = rulebook.draft(actor=drafter, kind="finding", unit=unit, content=rules, note="首版")
        rulebook.submit(actor=drafter, version_id=version.pk)
        rulebook.publish(actor=publisher, version_id=version.pk, read=version.digest)

    # Through the forms. ---------------------------------------------------------------------------------------------

    def _walk(self, ruling: Ruling, fate: str) -> None:
        with injected(min(ruling.ruled_at, self.present)):
            row = opening.open_for(ruling)
        if row is None or self.hands.node(row.case) != "reply":
            return  # an upper tier looked at it again
        moment, acts = ruling.ruled_at, self._acts(fate)
        for act, hours in acts:
            moment = self._later(moment, hours)
            if moment > self.present:
                return
            with injected(moment):  # who holds what is asked of that day
                if not self.hands.may(row.case):
                    return
                act(Case.objects.get(pk=row.case_id))  # type: ignore[attr-defined]

    def _later(self, moment: datetime, hours: float) -> datetime:
        """So many working hours after the act before; below nought, so many hours before the present."""
        if hours < 0:
            return max(moment, self.present + timedelta(hours=hours))
        return plant_calendar.due(moment, hours)

    def _acts(self, fate: str) -> Sequence[tuple[Any, float]]:
        to_order = ((self.reply, 9.0), (self.confirm, 8.0))
        put_right = (*to_order, (self.rectify, 14.0), (self.passed, 9.0), (self.request, 3.0), (self.release, 4.0))
        return {
            "open": (),
            "replied": ((self.reply, 9.0),),
            "ordered": to_order,
            # Ordered late, so that the day is still to come.
            "asked": ((self.reply, 9.0), (self.confirm, -30.0), (self.ask, -6.0)),
            "extended": ((self.reply, 9.0), (self.confirm, -80.0), (self.ask, -52.0), (self.grant, -26.0)),
            "overdue": to_order,
            "submitted": (*to_order, (self.rectify, 6.0)),
            "withdrawn": ((self.reply, 9.0), (self.withdraw, 8.0)),
            "failed": (*to_order, (self.rectify, 10.0), (self.failed, 6.0), (self.rectify, 10.0), (self.passed, 6.0),
                       (self.request, 3.0), (self.release, 4.0)),
            RELEASE: ((self.reply, 9.0), (self.confirm, -90.0), (self.appoint, -80.0), (self.rectify, -76.0),
                      (self.passed, -50.0), (self.request, -5.0)),
            "closed": put_right,
        }[fate]  # fmt: skip

    def reply(self, case: Case) -> None:
        words = self.chance.choice(WORDS)
        stand = "accept" if "属实" in words else "contest"
        self.hands.fill(case, {"stand": stand, "words": words}, "photos" if stand == "contest" else "")

    def confirm(self, case: Case) -> None:
        n = self.chance.randrange(len(MEASURES))
        row = Finding.objects.select_related("contractor").get(case=case)
        section = case.unit.at_level(UnitKind.SECTION) or case.unit
        answers = self.chance.choice(self._people_of(section, case))
        admitted = row.replies.filter(accepts=True).exists()  # type: ignore[attr-defined]
        until = min(timezone.localdate(now()) + timedelta(days=3), course.latest_day(case))
        typed = {
            "reason": ADMITTED if admitted else NOT_BELIEVED, "measure": MEASURES[n], "standard": STANDARDS[n],
            "rectifier": str(roles.holders(Role.CONTRACTOR, row.contractor_id)[0].person_id),  # type: ignore[attr-defined]
            "answers": answers.employee_no, "rectify_by": until.isoformat(),
        }  # fmt: skip
        self.hands.fill(case, typed)

    def _people_of(self, section: Any, case: Case) -> list[Person]:
        found = Person.objects.filter(unit__path__startswith=section.path, is_active=True).order_by("employee_no")
        return list(found.exclude(pk__in=case.parties.values("person"))[:20])  # type: ignore[attr-defined]

    def withdraw(self, case: Case) -> None:
        self.hands.decide(case, "reject", "领料单和入库记录属实，予以撤销。")

    def ask(self, case: Case) -> None:
        row = _row_of(case)
        extending.ask(actor=row.rectifier, case=case, reason=self.chance.choice(DELAYS), wanted=_wanted(row))

    def grant(self, case: Case) -> None:
        row = _row_of(case)
        lead = Person.objects.get(pk=extending.answerers(row)[0])
        words = "到货单看过，属实；到期不再延。"
        extending.answer(actor=lead, case=case, granted=True, words=words, until=_wanted(row))

    def appoint(self, case: Case) -> None:
        """Where all of the workshop's inspectors have checked this firm of late, there is a new one."""
        workshop = self.plant.workshop
        pool = roles.holders(Role.INSPECTOR, workshop.pk)
        if any(independence.why_not(case, held.person) is None for held in pool):
            return
        new = Person.objects.filter(unit__path__startswith=workshop.path, holdings=None, must_change_password=False)
        person = new.exclude(pk__in=case.parties.values("person")).order_by("-employee_no")[0]  # type: ignore[attr-defined]
        admin = self.plant.holder(Role.ADMINISTRATOR, workshop)[0]
        grants.grant_role(actor=admin, person=person, role=Role.INSPECTOR, unit=workshop)

    def rectify(self, case: Case) -> None:
        self.hands.fill(case, {"words": self.chance.choice(DONE)}, "photos")

    def passed(self, case: Case) -> None:
        self.hands.fill(case, {"words": "现场看过，与标准一致。"})

    def failed(self, case: Case) -> None:
        self.hands.decide(case, "reject", "合格证编号与实物仍不符。")

    def request(self, case: Case) -> None:
        if self.hands.node(case) == "release_request":
            self.hands.fill(case, {"reason": "复查已通过，请恢复结算。"})

    def release(self, case: Case) -> None:
        if self.hands.node(case) == "release_approval":
            self.hands.decide(case, "approve", "复查记录看过，同意恢复。")

    # From before. ---------------------------------------------------------------------------------------------------

    def _import(self, rulings: list[Ruling]) -> None:
        """Set-based: closed, put right within a fortnight. Nothing decided them here."""
        jobs = "drawn_job__lot_job__job__"
        known = Ruling.objects.in_bulk([ruling.pk for ruling in rulings])
        found = Ruling.objects.filter(pk__in=known).select_related(
            "claim", "drawn_job__draw", f"{jobs}section", f"{jobs}contractor"
        )
        made = [self._from_before(ruling) for ruling in found.order_by("ruled_at", "pk")]
        Case.objects.bulk_create([case for case, _row in made], batch_size=1000)
        Finding.objects.bulk_create([row for _case, row in made], batch_size=1000)

    def _from_before(self, ruling: Ruling) -> tuple[Case, Finding]:
        job, moment = ruling.drawn_job.lot_job.job, ruling.ruled_at
        closed = min(moment + timedelta(days=self.chance.randint(5, 14)), self.present)
        title = facts.title_of(ruling)
        with injected(moment):
            number = next_number("WT")
        case = Case(
            token=self.hands.token(), number=number, kind="finding", title=title[:120], unit=job.section,
            author=self.plant.holder(Role.AUDIT_LEAD, self.plant.workshop)[0], state="closed", standing="closed",
            content_digest="0" * 64, filed_at=moment, moved_at=closed, closed_at=closed, imported=True,
            shared_under=job.contractor, search=vector(title),
        )  # fmt: skip
        severity = ruling.severity or ruling.claim.severity
        row = Finding(
            case=case, job=job, claim=ruling.claim, drawn_job=ruling.drawn_job, contractor=job.contractor,
            origin=opening.origin_of(ruling.drawn_job), verdict=ruling.verdict, severity=severity,
            first_severity=severity, nature=ruling.nature, facts=title, found_at=moment,
            confirmed_at=moment + timedelta(days=min(4, (closed - moment).days)), confirmed_why="核实属实。",
            closed_at=closed,
        )  # fmt: skip
        return case, row


def _is_grave(ruling: Ruling) -> bool:
    return ruling.drawn_job.draw.tier == 1 and (ruling.severity or ruling.claim.severity) == Severity.CRITICAL


def _row_of(case: Case) -> Any:
    row = Finding.objects.select_related("case__unit", "case__rules", "rectifier").get(case=case)
    assert row.rectify_by is not None and row.rectifier is not None
    return row


def _wanted(row: Finding) -> date:
    assert row.rectify_by is not None
    return min(row.rectify_by + timedelta(days=3), extending.latest(row))

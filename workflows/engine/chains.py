"""Who may read what belongs to a case or a rule set: its files, and its chain in the ledger."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from workflows.documents.holders import register_holder
from workflows.engine import kinds, outside
from workflows.engine.models import Case, CaseParty, RuleVersion, WorkItem
from workflows.engine.rule_readers import draft_paths, readable
from workflows.ledger.models import Entry
from workflows.ledger.subjects import About, register_events, register_subject
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person, Unit

EVENTS = {
    "engine.case.filed": _("Filed"),
    "engine.case.approved": _("Approved"),
    "engine.case.rejected": _("Rejected"),
    "engine.case.returned": _("Returned"),
    "engine.case.abstained": _("Abstained"),
    "engine.case.claimed": _("Claimed"),
    "engine.case.released": _("Released"),
    "engine.case.withdrawn": _("Withdrawn"),
    "engine.case.passed_up": _("Passed to the level above"),
    "engine.case.done": _("Step completed"),
    "engine.case.lapsed": _("Time to act has passed"),
    "engine.case.concluded": _("Vote closed"),
    "engine.case.reseated": _("Given to another holder of the role"),
    "engine.case.appealed": _("Appealed"),
    "engine.case.signer_added": _("Signer added"),
    "engine.case.signer_removed": _("Signer removed"),
    "engine.case.transferred": _("Transferred"),
    "engine.case.consulted": _("Opinion asked for"),
    "engine.case.advised": _("Opinion given"),
    "engine.case.held": _("Put on hold"),
    "engine.case.resumed": _("Resumed"),
    "engine.case.urged": _("Nudged"),
    "engine.case.copied": _("Copy sent"),
    "engine.case.taken_back": _("Decision taken back"),
    "engine.case.reminded": _("Reminder sent"),
    "engine.case.ran_late": _("Deadline passed"),
    "engine.case.escalated": _("Escalated"),
    "engine.case.deadline_recounted": _("Deadline counted anew"),
    "engine.case.correction_requested": _("Correction asked for"),
    "engine.case.correction_dropped": _("Correction declined"),
    "engine.case.corrected": _("Corrected"),
    "engine.case.reassigned": _("Given to another person"),
    "engine.case.restarted": _("Started again"),
    "engine.calendar.imported": _("Calendar brought in"),
    "engine.calendar.day_changed": _("Day changed"),
    "engine.calendar.hours_changed": _("Hours changed"),
    "engine.calendar.hours_dropped": _("Hours dropped"),
    "engine.rules.drafted": _("Rules drafted"),
    "engine.rules.submitted": _("Rules submitted"),
    "engine.rules.sent_back": _("Rules sent back"),
    "engine.rules.published": _("Rules published"),
}


def register() -> None:
    register_holder(
        "case", may_read=may_read_case, may_write=may_add_files, readable=readable_holders, may_change=may_mend
    )
    register_subject("case", may_read_case, may_open=outside.may_open, about=about_case)
    register_subject("rules", may_read_rules, may_open=may_open_rules, about=about_rules)
    register_subject("calendar", may_read_calendar, about=about_calendar)
    register_events(EVENTS)


def case_id_of(name: str) -> int:
    """12 of "case:12"; 0, which no case has, for anything else."""
    number = name.partition(":")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def may_read_case(person: Person, name: str) -> bool:
    return Case.objects.visible_to(person).filter(pk=case_id_of(name)).exists()


def may_add_files(person: Person, name: str) -> bool:
    """Its authors while it is open, and whoever has a task of it in hand."""
    case = case_id_of(name)
    if WorkItem.objects.filter(case=case, person=person, state=WorkItem.State.OPEN).exists():
        return True
    return CaseParty.objects.filter(case=case, person=person).exclude(case__state=Case.State.CLOSED).exists()


def may_mend(person: Person, name: str) -> bool:
    """Approvals stand on the content, which changes only while somebody has it back for mending."""
    case = Case.objects.filter(pk=case_id_of(name)).first()
    if case is None:
        return False
    steps = [n.name for n in kinds.kind_of(case).flow.instance.nodes() if getattr(n, "authors", False)]
    mending = WorkItem.objects.filter(case=case, state=WorkItem.State.OPEN, step__node__in=steps)
    return mending.filter(person__in=[person.pk, *stands_in_for(person)]).exists()


def readable_holders(person: Person) -> QuerySet[Any]:
    name = Concat(Value("case:"), Cast("pk", CharField()), output_field=CharField())
    return Case.objects.visible_to(person).order_by().annotate(holder=name).values("holder")


def about_case(subject: str) -> About:
    case = Case.objects.filter(pk=case_id_of(subject)).first()
    return About(str(case), reverse("case", args=[case.number])) if case else About(subject)


def may_read_rules(person: Person, subject: str) -> bool:
    return readable(person).filter(**_versions_of(subject)).exists()


def may_open_rules(person: Person, entry: Entry) -> bool:
    """What was published is open to all whom it binds; a draft only to those who may read drafts there."""
    if entry.payload.sealed is not None:
        return False
    if entry.event == "engine.rules.published":
        return True
    paths = draft_paths(person)
    unit = Unit.objects.filter(pk=_versions_of(entry.chain.subject)["unit"]).first() if paths else None
    return unit is not None and any(unit.path.startswith(path) for path in paths)


def about_rules(subject: str) -> About:
    version = RuleVersion.objects.filter(**_versions_of(subject)).select_related("unit").first()
    if version is None:
        return About(subject)
    return About(say("Rules of %(unit)s") % {"unit": version.unit.name}, reverse("rule_list"))


def may_read_calendar(person: Person, name: str) -> bool:
    """When the plant works is no secret to its people."""
    return person.is_active and (case_id_of(name) == 0 or Unit.objects.filter(pk=case_id_of(name)).exists())


def about_calendar(subject: str) -> About:
    unit = Unit.objects.filter(pk=case_id_of(subject)).first()
    name = say("Hours of %(unit)s") % {"unit": unit.name} if unit else say("Plant calendar")
    return About(name, reverse("admin_calendar"))


def _versions_of(subject: str) -> dict[str, Any]:
    _prefix, _colon, rest = subject.partition(":")
    kind, _colon, unit = rest.rpartition(":")
    return {"kind": kind, "unit": int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 19 else 0}

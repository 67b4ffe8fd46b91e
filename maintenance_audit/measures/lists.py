"""The rows behind a number as a list: what a line says, and where it leads."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from maintenance_audit.measures import words
from maintenance_audit.measures.behind import CLAIMS, DRAWN, FINDINGS, JOBS, LOTS, Behind
from maintenance_audit.measures.counting import LABELS
from workflows.reports.cockpit.panels import Cell, Listed

OPEN = ("open", "late")


def of(what: str, behind: Behind) -> Listed | None:
    """None for a name that counts nothing."""
    if what in OPEN:
        title = _("Findings overdue now") if what == "late" else _("Findings open now")
        return Listed(title, behind.open_findings(late=what == "late"), finding_head(), finding_cells)
    if what == "held":
        return Listed(_("Jobs whose settlement is held now"), behind.held(), job_head(), job_cells)
    if what == "found_open":
        found = behind.findings().filter(closed_at=None, withdrawn_at=None)
        return Listed(_("Found then and still open"), found, finding_head(), finding_cells, behind.period)
    rows = behind.of(what)
    if rows is None:
        return None
    head, cells = next(shape for names, shape in SHAPES if what in names)
    return Listed(str(LABELS[what]), rows, head(), cells, behind.period)


def address(name: str, *args: Any) -> str:
    """Nowhere, where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def case_cell(case: Any) -> Cell:
    return Cell(case.number, None, address("case", case.number))


def job_cell(job: Any) -> Cell:
    return Cell(job.number, None, address("job", job.number))


def job_head() -> list[Any]:
    return [
        _("Job"), _("Title"), _("Tag"), _("Failure code"), _("Section"), _("Contractor"), _("Accepted on"),
        _("Planned end"), _("Completed"), _("Man-hours"), words.REPEATS,
    ]  # fmt: skip


def job_cells(job: Any) -> list[Cell]:
    code = job.first_failure_code
    return [
        job_cell(job), Cell(job.title), Cell(job.equipment.tag), Cell(code.code if code else "—"),
        Cell(job.section.name), Cell(job.contractor.name), _day(job.accepted_on),
        _day(job.planned_end), _moment(job.completed_at),
        Cell("—" if job.hours is None else f"{job.hours:,}", job.hours and float(job.hours)),
        Cell(_("yes") if job.repeats_id else ""),
    ]  # fmt: skip


def lot_head() -> list[str]:
    return [
        _("Lot"),
        _("Month"),
        _("Contractor"),
        _("Sample"),
        _("Ac"),
        pgettext("lot", "Nonconforming jobs"),
        _("Decision"),
    ]


def lot_cells(lot: Any) -> list[Cell]:
    return [
        case_cell(lot.case), Cell(f"{lot.month:%Y-%m}"), Cell(lot.contractor.name), _number(lot.sample),
        _number(lot.ac), _number(lot.nonconforming), Cell(words.decided(lot.accepted)),
    ]  # fmt: skip


def drawn_head() -> list[str]:
    return [_("Lot"), _("Job"), _("Tag"), _("Section"), _("Contractor"), _("Result"), _("Critical")]


def drawn_cells(drawn: Any) -> list[Cell]:
    job, lot = drawn.lot_job.job, drawn.draw.lot
    return [
        case_cell(lot.case), job_cell(job), Cell(job.equipment.tag), Cell(job.section.name), Cell(lot.contractor.name),
        Cell(drawn.get_result_display()), Cell(_("yes") if drawn.critical else ""),
    ]  # fmt: skip


def claim_head() -> list[Any]:
    return [
        _("Lot"),
        _("Job"),
        str(words.CLAIM),
        pgettext("of a claim", "Claimed"),
        pgettext("of a claim", "Found"),
        _("Verdict"),
        _("Severity"),
        _("Reasons"),
    ]


def claim_cells(ruling: Any) -> list[Cell]:
    claim = ruling.claim
    grave = dict(claim._meta.get_field("severity").flatchoices).get(ruling.severity, ruling.severity)
    return [
        case_cell(ruling.drawn_job.draw.lot.case), job_cell(claim.job), Cell(claim.label),
        Cell(f"{claim.value.normalize():f} {claim.measure}".strip() if claim.value is not None else claim.said),
        Cell("" if ruling.value is None else f"{ruling.value.normalize():f} {claim.measure}".strip()),
        Cell(_verdict(ruling)),
        Cell(str(grave)), Cell(ruling.reasons),
    ]  # fmt: skip


def _verdict(ruling: Any) -> str:
    """As ruled; that it was withdrawn since, by which it conforms, is said beside it."""
    said = str(ruling.get_verdict_display())
    return f"{said} · {words.WITHDRAWN}" if ruling.cleared and ruling.verdict != "conforming" else said


def finding_head() -> list[Any]:
    return [
        _("Finding"), _("Title"), _("Job"), _("Contractor"), _("Severity"), words.FOUND, _("To be put right by"),
        words.CLOSED, _("Withdrawn on"),
    ]  # fmt: skip


def finding_cells(finding: Any) -> list[Cell]:
    return [
        case_cell(finding.case), Cell(finding.case.title), job_cell(finding.job), Cell(finding.contractor.name),
        Cell(finding.get_severity_display()), _moment(finding.found_at), _day(finding.rectify_by),
        _moment(finding.closed_at), _moment(finding.withdrawn_at),
    ]  # fmt: skip


def _day(day: Any) -> Cell:
    return Cell("—" if day is None else day.isoformat(), day)


def _moment(moment: Any) -> Cell:
    return Cell("—" if moment is None else f"{timezone.localtime(moment):%Y-%m-%d %H:%M}", moment)


def _number(value: Any) -> Cell:
    return Cell("—" if value is None else f"{value:,}", value)


SHAPES = (
    (JOBS, (job_head, job_cells)),
    (LOTS, (lot_head, lot_cells)),
    (DRAWN, (drawn_head, drawn_cells)),
    (CLAIMS, (claim_head, claim_cells)),
    (FINDINGS, (finding_head, finding_cells)),
)

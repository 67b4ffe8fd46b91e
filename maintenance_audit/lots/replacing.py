"""An inspector who lost the role, or declared a tie, between draw and inspection: the next in the ranking comes in."""

from __future__ import annotations

from collections import Counter

from maintenance_audit.lots import checking, drawing, reasons, redraw
from maintenance_audit.lots.flow import LotFlow
from maintenance_audit.lots.models import Assignment, Draw, DrawnJob
from maintenance_audit.lots.sizes import most_a_person
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices import sentences


def look_through() -> int:
    """Every draw whose records are not all sealed. Returns how many were replaced or found."""
    open_draws = Draw.objects.filter(sealed_at=None).values_list("pk", "lot__case__process")
    return sum(look_again(draw, process) for draw, process in open_draws)


def look_again(draw_id: int, process_id: int) -> int:
    with LotFlow.lock(process_id):
        draw = Draw.objects.select_related("lot__case", "lot__workshop", "lot__contractor").get(pk=draw_id)
        if draw.sealed_at is not None:
            return 0
        return _replace(draw)


def _replace(draw: Draw) -> int:
    drawn = list(DrawnJob.objects.filter(draw=draw, concluded_at=None).order_by("place").select_related("lot_job__job"))
    staff = drawing.staff_of(draw.lot, draw.tier)
    barred = drawing.barred_numbers(draw.lot, drawn, staff)
    if drawn:
        staff = drawing.borrow(draw, drawn, staff, barred)
    seated: dict[int, list[Assignment]] = {}
    for row in Assignment.objects.filter(drawn_job__in=drawn).select_related("person").order_by("pk"):
        seated.setdefault(row.drawn_job_id, []).append(row)
    taken = Counter(row.person.employee_no for rows in seated.values() for row in rows if row.ended_at is None)
    moved = 0
    for one in drawn:
        one.draw = draw
        for form in redraw.FORMS:
            moved += _look_at(one, form, seated.get(one.pk, []), barred[one.lot_job.number], staff, taken)
    return moved


def _look_at(
    one: DrawnJob, form: str, rows: list[Assignment], out: set[str], staff: dict[str, int], taken: Counter[str]
) -> int:
    present = next((row for row in rows if row.form == form and row.ended_at is None), None)
    if present is not None and (present.sealed_at is not None or present.person.employee_no not in out):
        return 0
    had = {row.person.employee_no for row in rows}
    iseed = drawing.inspector_seed(one.draw)
    order = redraw.staff_ranking(iseed, one.lot_job.number, form, staff)
    most = most_a_person(DrawnJob.objects.filter(draw=one.draw).count(), len(staff))
    free = [who for who in order if who not in out and who not in had]
    # The cap yields where else nobody could come: a job without an inspector is never concluded.
    who = next((who for who in free if taken[who] < most), next(iter(free), None))
    if present is None and who is None:
        return 0
    if present is not None and not end(one, present, sentences.written(reasons.BARRED)):
        return 0
    if who is None:
        drawing.tell_nobody_left(one.draw, 1)
        return 1
    taken[who] += 1
    place = order.index(who)
    over = {no: "seated" if no in had else "barred" if no in out else "full" for no in order[:place]}
    made = Assignment.objects.create(
        drawn_job=one, form=form, person_id=staff[who], reserve=place + 1, assigned_at=now(),
        chosen={"among": sorted(staff), "over": over},
    )  # fmt: skip
    made.drawn_job = one
    rows.append(made)
    said = {"form": form, "from": present.person.employee_no if present else None, "job": one.lot_job.number,
            "tier": one.draw.tier, "to": who}  # fmt: skip
    append(
        subject=f"case:{one.draw.lot.case_id}", event="maintenance_audit.inspector.replaced", payload=said, sealed=True
    )
    checking.open_for(made)
    return 1


def end(one: DrawnJob, present: Assignment, why: str) -> bool:
    """Somebody else does it since, or nobody. Not once the record is sealed, whatever the copy at hand says."""
    standing = Assignment.objects.filter(pk=present.pk, sealed_at=None, ended_at=None)
    if not standing.update(ended_at=now(), ended_why=why):
        return False
    present.refresh_from_db(fields=["ended_at", "ended_why"])
    present.drawn_job = one
    checking.end_for(present, why)
    return True

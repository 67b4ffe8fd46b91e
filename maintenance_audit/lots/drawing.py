"""The draw 抽签 of a tier: jobs by rank, extras on top, then who checks each in which form. `redraw` is what draws."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse

from maintenance_audit.lots import ceremony, checking, freezing, independence, redraw
from maintenance_audit.lots.models import (
    Assignment,
    Draw,
    DrawnJob,
    EligibleInspector,
    Lot,
    LotJob,
    LotState,
    Nonce,
    Party,
    Pointing,
    Result,
    Why,
)
from maintenance_audit.lots.models.lot import TOP
from maintenance_audit.lots.rules import rules_of
from maintenance_audit.lots.sizes import section_size, workshop_size
from workflows.ledger import checkpoints
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.notices.outbox import post
from workflows.organisation import roles
from workflows.organisation.models import Role
from workflows.store.gathering import change

BATCH = 5000
COUNTED = (Why.DRAWN, Why.ALL)


@dataclass
class Drawn:
    """What a tier draws from, and what came out. `strata` as the record publishes them; numbers None: the frame."""

    strata: list[tuple[list[str] | None, int]]
    never_drawn: list[str] = field(default_factory=list)
    extras: dict[str, Why] = field(default_factory=dict)
    jobs: list[tuple[str, Why]] = field(default_factory=list)


def draw(lot: Lot) -> Draw:
    """There is no second draw: the constraint holds it. Signed at once by a checkpoint."""
    rows = list(LotJob.objects.filter(lot=lot).values_list("number", "pk", "withdrawn_at"))
    frame = {number: pk for number, pk, _withdrawn in rows}
    withdrawn = {number for number, _pk, moment in rows if moment is not None}
    nonces = ceremony.nonces_of(lot)
    seed = redraw.seed_of(lot.frame_digest, nonces) if nonces else ""
    drawn = _drawn(lot, seed, [number for number in frame if number not in withdrawn], withdrawn)
    made = Draw.objects.create(
        lot=lot, tier=lot.tier, round=lot.round, seed=seed, size=sum(why in COUNTED for _number, why in drawn.jobs),
        never_drawn=sorted(drawn.never_drawn), staff_digest="", drawn_at=now(), **_strata(lot, drawn),
    )  # fmt: skip
    DrawnJob.objects.bulk_create(
        (
            DrawnJob(
                draw=made, lot_job_id=frame[number], place=place, why=why,
                rank_digest=redraw.digest(f"{seed}|{number}") if seed else "",
            )
            for place, (number, why) in enumerate(drawn.jobs, 1)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    _draw_inspectors(made)
    lot.state = LotState.DRAWN
    change(lot, "state")
    _write(made, drawn)
    checkpoints.gather("draw")
    return made


def _strata(lot: Lot, drawn: Drawn) -> dict[str, Any]:
    """What it drew from; an upper tier's tells what came up from below and is only committed before the records are
    sealed. Salted, because somebody could try out all that is possible."""
    strata = [
        {"size": size} | ({} if numbers is None else {"numbers": sorted(numbers)}) for numbers, size in drawn.strata
    ]
    if lot.tier == 1:
        return {"strata": strata}
    salt = secrets.token_hex(16)
    kept = redraw.strata_commitment(lot.case.number, lot.tier, salt, strata)
    return {"strata": strata, "strata_salt": salt, "strata_commitment": kept}


# ---------------------------------------------------------------- jobs
def _drawn(lot: Lot, seed: str, numbers: list[str], withdrawn: set[str]) -> Drawn:
    if lot.tier == 1:
        found = _first(lot, seed, numbers)
    elif lot.tier == 2:
        found = _second(lot, seed, numbers)
    else:
        found = _third(lot, seed)
    if seed:
        strata = [(numbers if part is None else part, size) for part, size in found.strata]
        order = redraw.draw_strata(seed, strata, withdrawn)
        undrawn = redraw.draw_jobs(seed, found.never_drawn, 1)
    else:  # a party withheld: every job of the tier, and every one that was never drawn
        found.strata = [(part, len(numbers if part is None else part)) for part, _size in found.strata]
        order = sorted({one for part, _size in found.strata for one in (numbers if part is None else part)})
        undrawn = sorted(found.never_drawn)
    why = Why.ALL if not seed or (lot.tier == 1 and lot.check_all) else Why.DRAWN
    found.jobs = [(number, why) for number in order] + [(number, Why.UNDRAWN) for number in undrawn]
    there = {number for number, _why in found.jobs}
    found.jobs += [(number, extra) for number, extra in sorted(found.extras.items()) if number not in there]
    return found


def _first(lot: Lot, seed: str, numbers: list[str]) -> Drawn:
    """By the plan; what workers pointed at and what repeats an earlier repair comes on top."""
    size = len(numbers) if lot.check_all or not seed else min(lot.sample or 0, len(numbers))
    repeats = LotJob.objects.filter(lot=lot, withdrawn_at=None, job__repeats__isnull=False)
    extras = dict.fromkeys(repeats.values_list("number", flat=True), Why.REPEAT)
    return Drawn([(None, size)], extras=extras | _pointed(lot))


def _pointed(lot: Lot) -> dict[str, Why]:
    """What workers have pointed at since the last draw, without what a tier below has checked."""
    jobs = LotJob.objects.filter(lot=lot, withdrawn_at=None)
    waiting = Pointing.objects.filter(job__in=jobs.values("job"), taken_into=None)
    found = jobs.filter(job__in=waiting.values("job"), drawn=None)
    extras = dict.fromkeys(found.values_list("number", flat=True), Why.POINTED)
    waiting.update(taken_into=lot)
    return extras


def _second(lot: Lot, seed: str, numbers: list[str]) -> Drawn:
    """Half from the teams' jobs that passed, half from those that did not, and one that nobody has checked."""
    below = list(_checked(lot, 1))
    passed = [number for number, _why, result in below if result == Result.CONFORMING]
    failed = [number for number, _why, result in below if result != Result.CONFORMING]
    tiers = rules_of(lot.case).tiers
    size = section_size(
        _counted(below), passed=len(passed), not_passed=len(failed), percent=tiers.section_percent,
        least=tiers.section_least,
    )  # fmt: skip
    known = {number for number, _why, _result in below}
    never = [number for number in numbers if number not in known]
    return Drawn([(passed, size.passed), (failed, size.not_passed)], never_drawn=never, extras=_pointed(lot))


def _third(lot: Lot, seed: str) -> Drawn:
    """From what the sections checked; every disputed and every critical job of the tiers below on top."""
    below = list(_checked(lot, 2))
    tiers = rules_of(lot.case).tiers
    size = workshop_size(_counted(below), there=len(below), percent=tiers.workshop_percent, least=tiers.workshop_least)
    extras = _pointed(lot)
    grave = DrawnJob.objects.filter(Q(disputed=True) | Q(critical=True), draw__lot=lot)
    for number, critical in grave.order_by("draw__tier").values_list("lot_job__number", "critical"):
        extras[number] = Why.CRITICAL if critical or extras.get(number) == Why.CRITICAL else Why.DISPUTED
    return Drawn([([number for number, _why, _result in below], size)], extras=extras)


def _checked(lot: Lot, tier: int) -> Iterable[tuple[str, str, str]]:
    rows = DrawnJob.objects.filter(draw__lot=lot, draw__tier=tier).order_by("place")
    return rows.values_list("lot_job__number", "why", "result")


def _counted(below: Sequence[tuple[str, str, str]]) -> int:
    return sum(why in COUNTED for _number, why, _result in below)


def has_drawn(lot: Lot) -> bool:
    return DrawnJob.objects.filter(draw__lot=lot, draw__tier=lot.tier).exists()


def goes_up(lot: Lot) -> bool:
    """Moves the lot on to the next tier, if there is one; what was checked below is always something to check."""
    if lot.tier >= TOP:
        return False
    lot.tier += 1
    change(lot, "tier")
    return True


# ---------------------------------------------------------------- inspectors
def _draw_inspectors(made: Draw) -> None:
    lot = made.lot
    drawn = list(made.jobs.order_by("place").select_related("lot_job__job"))
    staff = staff_of(lot, made.tier)
    barred = barred_numbers(lot, drawn, staff)
    staff = borrow(made, drawn, staff, barred)
    iseed = inspector_seed(made)
    numbers = [one.lot_job.number for one in drawn]
    chosen = redraw.draw_inspectors(iseed, numbers, sorted(staff), barred)
    made.barred = {number: sorted(out) for number, out in sorted(barred.items()) if out}
    made.staff, made.staff_digest = sorted(staff), redraw.frame_digest(staff)
    made.save(update_fields=["barred", "staff", "staff_digest"])
    moment = now()
    assignments = [
        Assignment(drawn_job=one, form=form, person_id=staff[who], assigned_at=moment)
        for one in drawn
        for form, who in chosen[one.lot_job.number].items()
        if who is not None
    ]
    for assignment in Assignment.objects.bulk_create(assignments, batch_size=BATCH):
        checking.open_for(assignment)
    if len(assignments) < 2 * len(drawn):
        tell_nobody_left(made, 2 * len(drawn) - len(assignments))


def staff_of(lot: Lot, tier: int) -> dict[str, int]:
    """Staff number → person, of those who may be drawn in the tier."""
    return dict(EligibleInspector.objects.filter(lot=lot, tier=tier).values_list("staff_no", "person_id"))


def barred_numbers(lot: Lot, drawn: Sequence[DrawnJob], staff: Mapping[str, int]) -> dict[str, set[str]]:
    """Job number → staff numbers who may not check it: by independence, by having checked it in a tier below, and
    whoever has lost the role since the freeze."""
    by_person = {person: number for number, person in staff.items()}
    out = independence.barred(lot, [one.lot_job.job_id for one in drawn], by_person)
    before: dict[int, set[int]] = {}
    earlier = Assignment.objects.filter(drawn_job__draw__lot=lot, person__in=by_person)
    for job, person in earlier.exclude(drawn_job__in=drawn).values_list("drawn_job__lot_job", "person"):
        before.setdefault(job, set()).add(person)
    gone = set(by_person) - still_inspectors(lot, by_person)
    if drawn and drawn[0].draw.tier > 1:
        gone |= by_person.keys() & set(independence.leads_of(lot.workshop))  # since the freeze
    return {
        one.lot_job.number: {
            by_person[pk] for pk in {*out.get(one.lot_job.job_id, ()), *before.get(one.lot_job_id, ()), *gone}
        }
        for one in drawn
    }


def still_inspectors(lot: Lot, people: Iterable[int]) -> set[int]:
    from workflows.organisation.models import RoleHolding

    held = RoleHolding.objects.in_force().filter(
        role=Role.INSPECTOR, unit__path__startswith=lot.workshop.path, person__in=list(people)
    )
    return set(held.values_list("person_id", flat=True))


def borrow(made: Draw, drawn: Sequence[DrawnJob], staff: dict[str, int], barred: dict[str, set[str]]) -> dict[str, int]:
    """Where since the freeze too few are left for a job, others of the workshop come in, and why is recorded."""
    short = [one.lot_job.number for one in drawn if len(staff) - len(barred[one.lot_job.number]) < freezing.ENOUGH]
    if not short:
        return staff
    lot = made.lot
    sections = set(LotJob.objects.filter(lot=lot).values_list("job__section", flat=True))
    out = independence.from_all(lot.workshop, lot.contractor, before=lot)
    more = [
        one
        for one in freezing.candidates_for(lot, made.tier, sections)
        if one.staff_no not in staff and one.person_id not in out
    ]
    why = ", ".join(short)[:200]
    EligibleInspector.objects.bulk_create(
        EligibleInspector(
            lot=lot, tier=made.tier, person_id=one.person_id, staff_no=one.staff_no, unit_id=one.unit_id,
            borrowed_why=why,
        )
        for one in more
    )  # fmt: skip
    staff = staff | {one.staff_no: one.person_id for one in more}
    barred.update(barred_numbers(lot, drawn, staff))
    return staff


def inspector_seed(made: Draw) -> str:
    """From the audit lead's nonce, which is published when the tier's last record is sealed."""
    lead = Nonce.objects.get(lot=made.lot_id, round=made.round, tier=made.tier, party=Party.LEAD)
    return redraw.inspector_seed(made.seed or made.lot.frame_digest, ceremony.shown(lead))


def tell_nobody_left(made: Draw, missing: int) -> None:
    """Too few independent people even with everybody whom others lend: the audit lead hears it."""
    leads = roles.holders(Role.AUDIT_LEAD, made.lot.workshop_id)
    post(
        event="maintenance_audit.draw.short",
        key=f"draw:{made.pk}:short",
        recipients={held.person_id for held in leads},
        subject=f"case:{made.lot.case_id}",
        context={"lot": made.lot.case.number, "n": missing},
        url=reverse("lot", args=[made.lot.case.number]),
    )


# ---------------------------------------------------------------- on record
def _write(made: Draw, drawn: Drawn) -> None:
    """The jobs are open; who checks them, what workers pointed at, and what an upper tier drew from lies sealed."""
    jobs = [number for number, why in drawn.jobs if why != Why.POINTED]
    subject = f"case:{made.lot.case_id}"
    said = {"jobs": jobs, "round": made.round, "seed": made.seed, "size": made.size, "tier": made.tier}
    if made.tier > 1:
        said |= {"jobs": sorted(jobs), "strata": made.strata_commitment}
    append(subject=subject, event="maintenance_audit.draw.drawn", payload=said | {"staff": made.staff_digest})
    seated = Assignment.objects.filter(drawn_job__draw=made).order_by("drawn_job__place", "-form")
    names = seated.values_list("drawn_job__lot_job__number", "form", "person__employee_no")
    sealed = {
        "barred": made.barred,
        "inspectors": [list(row) for row in names],
        "pointed": [number for number, why in drawn.jobs if why == Why.POINTED],
        "tier": made.tier,
    }
    if made.tier > 1:
        sealed |= {"strata": made.strata, "strata_salt": made.strata_salt, "why": dict(drawn.jobs)}
    append(subject=subject, event="maintenance_audit.draw.inspectors", payload=sealed, sealed=True)

"""A round as its page shows it. Before the marks open: who has sealed, by drawn place, and nothing else of a mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, Sum
from django.utils.functional import cached_property

from innovation.awards import objecting, recompute, selecting
from innovation.awards.models import AwardRound, Candidate, CandidateQuerySet, Out, Payment, Recusal, Seat, Share, Sheet
from innovation.awards.records import rules_of
from innovation.awards.rules import AwardRules

PAGE = 100
MOST_OUT = 200
NO_SUM = Decimal(0)


@dataclass(frozen=True)
class Cell:
    """A judge's place in a candidate's row. `state`: sealed, blank, recused, marked."""

    judge: str
    state: str
    mark: str = ""
    dropped: bool = False


@dataclass(frozen=True)
class Row:
    candidate: Candidate
    cells: Sequence[Cell]
    score: str = ""
    shares: Sequence[Share] = ()
    comments: Sequence[str] = ()
    held: bool = False
    stamp: str = ""

    @property
    def kept(self) -> list[Cell]:
        """The marks that make the score."""
        return [cell for cell in self.cells if cell.mark and not cell.dropped]

    @property
    def dropped(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.dropped]

    @property
    def marks(self) -> int:
        return sum(1 for cell in self.cells if cell.mark)


@dataclass
class Board:
    """Everything of the page; the number of statements does not depend on how many candidates there are."""

    round: AwardRound
    number: int | str | None = 1
    rules: AwardRules = field(init=False)

    def __post_init__(self) -> None:
        self.rules = rules_of(self.round.case)

    @property
    def opened(self) -> bool:
        return self.round.marks_opened_at is not None

    @cached_property
    def seats(self) -> list[Seat]:
        return list(Seat.objects.filter(round=self.round).select_related("person").order_by("place"))

    @cached_property
    def columns(self) -> list[Seat]:
        """Before the opening those who have sealed stand first and bear no names: seen beside who is still waited for,
        a place would tell whose marks will stand there."""
        if self.opened:
            return self.seats
        return sorted(self.seats, key=lambda seat: seat.sealed_at is None)

    @property
    def sealed(self) -> int:
        return sum(seat.sealed_at is not None for seat in self.seats)

    @property
    def late(self) -> list[Seat]:
        """By name and not by place: whose place was whose is not told. In the order of their numbers."""
        return sorted((seat for seat in self.seats if seat.late), key=lambda seat: seat.person.employee_no)

    @cached_property
    def page(self) -> Page[Candidate]:
        order = ("rank", "proposal__case__number") if self.opened else ("proposal__case__number",)
        return Paginator(self._candidates.standing().order_by(*order), PAGE).get_page(self.number)

    @property
    def _candidates(self) -> CandidateQuerySet:
        return Candidate.objects.filter(round=self.round).select_related("proposal__case__unit", "added_by")

    @cached_property
    def rows(self) -> list[Row]:
        shown = list(self.page)
        recused, sheets, shares = self._recused(shown), self._sheets(shown), self._shares(shown)
        held = {one.pk for one in objecting.held(self.round)}
        return [self._row(one, recused[one.pk], sheets[one.pk], shares[one.pk], one.pk in held) for one in shown]

    def _row(self, one: Candidate, recused: set[int], sheets: dict[int, Sheet], shares: list[Share], held: bool) -> Row:
        marks = {seat: self._mark(sheet) for seat, sheet in sheets.items() if sheet.marks}
        out = dropped(marks)
        cells = [self._cell(seat, recused, marks, out) for seat in self.columns]
        comments = sorted(sheet.comment for sheet in sheets.values() if sheet.comment.strip())
        score = recompute.shown(Fraction(one.score)) if one.score else ""
        return Row(one, cells, score, shares, comments, held, selecting.stamp(one, self.round))

    def _cell(self, seat: Seat, recused: set[int], marks: dict[int, Fraction], out: set[int]) -> Cell:
        name = seat.name if self.opened else ""
        if seat.pk in recused:
            return Cell(name, "recused")
        if seat.pk in marks:
            return Cell(name, "marked", recompute.shown(marks[seat.pk]), seat.pk in out)
        return Cell(name, "sealed" if seat.sealed_at else "blank")

    def _mark(self, sheet: Sheet) -> Fraction:
        given, criteria = sheet.marks or {}, self.rules.criteria
        return recompute.mark([given[c.key] for c in criteria], [c.weight for c in criteria])

    def _recused(self, shown: Iterable[Candidate]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for candidate, seat in Recusal.objects.filter(candidate__in=shown).values_list("candidate", "seat"):
            found[candidate].add(seat)
        return found

    def _sheets(self, shown: Iterable[Candidate]) -> dict[int, dict[int, Sheet]]:
        """Only once all are open."""
        found: dict[int, dict[int, Sheet]] = defaultdict(dict)
        if self.opened:
            for sheet in Sheet.objects.filter(candidate__in=shown, marks__isnull=False).defer("draft"):
                found[sheet.candidate_id][sheet.seat_id] = sheet
        return found

    def _shares(self, shown: Iterable[Candidate]) -> dict[int, list[Share]]:
        found: dict[int, list[Share]] = defaultdict(list)
        for share in Share.objects.filter(candidate__in=shown).select_related("person__unit") if self.opened else ():
            found[share.candidate_id].append(share)
        return found

    @cached_property
    def out(self) -> list[Candidate]:
        return list(self._candidates.exclude(out="").order_by("out", "proposal__case__number")[:MOST_OUT])

    @cached_property
    def out_by_reason(self) -> list[tuple[str, int]]:
        counted = Candidate.objects.filter(round=self.round).exclude(out="").values_list("out").annotate(n=Count("pk"))
        counts: dict[str, int] = dict(counted.order_by())
        return [(str(out.label), counts[out.value]) for out in Out if out.value in counts]

    @property
    def out_count(self) -> int:
        return sum(n for _reason, n in self.out_by_reason)

    @cached_property
    def budget(self) -> dict[str, Any]:
        """What the awards come to, before and after the ceiling, each one that it touches, and what is void."""
        graded = Candidate.objects.filter(round=self.round, out="").exclude(grade="")
        stands = Q(waits=False, void_at=None)
        found = graded.aggregate(
            before=Sum("unscaled"), after=Sum("amount", filter=stands), awards=Count("pk", filter=stands),
            void=Count("pk", filter=Q(void_at__isnull=False)),
        )  # fmt: skip
        touched = graded.filter(Q(waits=True) | ~Q(amount=F("unscaled"))).select_related("proposal__case")
        before, after = found["before"] or NO_SUM, found["after"] or NO_SUM
        ceiling = self.rules.ceiling
        return found | {
            "before": before, "after": after, "ceiling": ceiling, "touched": list(touched.order_by("rank")),
            "beyond": ceiling is not None and before > ceiling, "over": self.rules.over,
        }  # fmt: skip

    @cached_property
    def payout(self) -> dict[str, Any]:
        """What the round's pay-out list comes to, by kind of line."""
        lines = Payment.objects.filter(round=self.round)
        rows = lines.values_list("kind").annotate(lines=Count("pk"), sum=Sum("amount")).order_by("kind")
        kinds = [{"label": Payment.Kind(kind).label, "lines": n, "sum": amount} for kind, n, amount in rows]
        return {
            "kinds": kinds, "lines": sum(kind["lines"] for kind in kinds),
            "sum": sum((kind["sum"] for kind in kinds), NO_SUM), "people": lines.values("person").distinct().count(),
        }  # fmt: skip


def dropped(marks: dict[int, Fraction]) -> set[int]:
    """The seats of the one lowest and the one highest mark, from five marks on; of equal ones the first seat's."""
    if len(marks) < recompute.TRIMMED_FROM:
        return set()
    in_order = sorted(marks, key=lambda seat: (marks[seat], seat))
    highest = next(seat for seat in in_order if marks[seat] == marks[in_order[-1]] and seat != in_order[0])
    return {in_order[0], highest}

"""A lot whose tier is concluded goes on, even if whoever should have woken it was killed. Safe twice."""

from __future__ import annotations

from maintenance_audit.lots.models import Draw
from workflows.engine.models import Step
from workflows.engine.models.step import Mode
from workflows.engine.waking import wake


def retry() -> int:
    waiting = Step.objects.filter(node="inspecting", mode=Mode.PAUSE, closed_at=None, case__kind="lot")
    woken = 0
    for case_id in waiting.values_list("case_id", flat=True):
        last = Draw.objects.filter(lot__case=case_id).order_by("-tier").first()
        if last is not None and last.concluded_at is not None:
            woken += wake(case_id, "inspecting", why={"tier": last.tier})
    return woken

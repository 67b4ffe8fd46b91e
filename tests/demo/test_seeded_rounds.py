"""The award rounds that the demo has run recompute from their files alone; in full, all thirty-six."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import override_settings

from innovation.awards import export
from innovation.awards.models import AwardRound, Candidate
from innovation.history.models import PastAward
from innovation.objections.models import Objection
from innovation.proposals.models import Problem

pytestmark = [pytest.mark.prove, pytest.mark.django_db]
MONTHS = 36 if os.environ.get("ASSAY_PROVE") else 2


def _solved() -> QuerySet[Problem]:
    """Here, and not before the product."""
    return Problem.objects.filter(state=Problem.State.SOLVED, imported=False)


@pytest.fixture
def rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[AwardRound]:
    monkeypatch.setenv("ASSAY_SIGN_INS", str(tmp_path / "sign-ins.txt"))
    size = {"people": 120, "years": 3, "cases": 640} if MONTHS == 36 else {"people": 60, "years": 1, "cases": 130}
    with override_settings(DEMO=True, MEDIA_ROOT=str(tmp_path / "media")):
        call_command("seed_demo", **size, hazards=0, jobs=0, rounds=MONTHS, stdout=io.StringIO())
    return list(AwardRound.objects.filter(confirmed_at__isnull=False).select_related("case", "workshop", "checkpoint"))


def test_each_seeded_month_recomputes_from_its_file(
    rounds: list[AwardRound], tmp_path: Path, record_property: object
) -> None:
    ended = AwardRound.objects.filter(case__state="closed")
    assert ended.count() == MONTHS == len(rounds)  # each month has its round, and each something to award
    for round in rounds:
        file = tmp_path / "round.zip"
        file.write_bytes(export.packed(round))
        with ZipFile(file) as archive:
            archive.extract("recompute.py", tmp_path)
        program = [sys.executable, "-I", "-S", "recompute.py", "round.zip", "--en"]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, (round.month, done.stdout[-300:], done.stderr)
    awarded = Candidate.objects.awarded()
    awards, problems = awarded.count(), _solved().count()
    assert Problem.objects.solved_by(awarded.values("proposal")).count() == problems
    said = f"{len(rounds)} months with {awards} awards for {problems} problems agree"
    assert 10 <= PastAward.objects.count() == PastAward.objects.filter(received_at__lt=rounds[0].confirmed_at).count()
    record_property("proved", said)  # type: ignore[operator]
    if MONTHS == 36:  # 162 awards and 180-odd problems in three years are the scale of one workshop
        assert 145 <= awards <= 180 and 160 <= problems <= 205
        assert set(Objection.objects.values_list("upheld", flat=True)) == {True, False}

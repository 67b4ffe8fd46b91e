"""Photos of something that was never filed are cleared away; what somebody still works on stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from innovation.proposals import services
from innovation.proposals.models import Draft
from tests.documents import made_files as made
from tests.plant import Plant
from workflows.documents import sweeping
from workflows.documents.models import Document
from workflows.documents.reception import move, receive
from workflows.documents.tasks import sweep_unfiled
from workflows.ledger.clock import injected, now

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=31)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def photo(plant: Plant, holder: str, ago: timedelta = LONG_AGO) -> Document:
    upload = SimpleUploadedFile("现场.jpg", made.photo())
    with injected(now() - ago):
        return receive(actor=plant.author, token=uuid4(), holder=holder, purpose="before", upload=upload)


def draft(plant: Plant, saved: timedelta) -> UUID:
    token = uuid4()
    with injected(now() - saved):
        services.save_draft(actor=plant.author, token=token, typed={"title": "分布锥"})
    return token


def left() -> set[str]:
    return set(Document.objects.values_list("holder", flat=True))


def test_what_nobody_filed_for_a_month_is_gone_with_its_bytes(plant: Plant, django_capture_on_commit_callbacks) -> None:
    filing, forgotten = f"filing:{uuid4()}", f"draft:{draft(plant, LONG_AGO)}"
    papers = [photo(plant, filing), photo(plant, forgotten)]
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_unfiled() == 2
    assert not Document.objects.exists() and Draft.objects.count() == 1
    assert not any(default_storage.exists(place.name) for paper in papers for place in (paper.file, paper.thumbnail))


def test_what_is_worked_on_or_was_filed_stays(plant: Plant) -> None:
    typed, fresh, filed = f"draft:{draft(plant, timedelta(days=2))}", f"filing:{uuid4()}", f"filing:{uuid4()}"
    photo(plant, typed)
    photo(plant, fresh)
    photo(plant, fresh, timedelta(days=29))
    photo(plant, filed)
    move(filed, "case:12")
    assert sweeping.sweep_unfiled() == 0
    assert left() == {typed, fresh, "case:12"}

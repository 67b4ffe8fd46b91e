"""One seeded plant for all tests of a module; each test leaves it as it found it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings


@pytest.fixture(scope="module")
def sown(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small plant, seeded once in a transaction that is rolled back; gives the file of sign-ins."""
    folder = tmp_path_factory.mktemp("demo")
    signs = folder / "sign-ins.txt"
    says_demo = override_settings(DEMO=True, MEDIA_ROOT=str(folder / "media"))
    environment = mock.patch.dict(os.environ, {"ASSAY_SIGN_INS": str(signs)})
    with django_db_blocker.unblock(), says_demo, environment, transaction.atomic():
        call_command("seed_demo", people=60, years=1, cases=130, hazards=0, jobs=0, rounds=2, stdout=io.StringIO())
        yield signs
        transaction.set_rollback(True)


@pytest.fixture
def seeded(sown: Path, db: None) -> Path:
    return sown

"""The source of what is running, for everybody who uses it: the licence's §13."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

from workflows.organisation.access import public
from workflows.site.version import version

# Where the packager puts the archive when the product runs outside a checkout.
PREBUILT = "source.tar.gz"


@public
@cache_control(public=True, max_age=3600)
def source_archive(request: HttpRequest) -> HttpResponse:
    content = archive(settings.BASE_DIR, head(settings.BASE_DIR))
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/gzip")
    answer["Content-Disposition"] = f'attachment; filename="assay-{version()}.tar.gz"'
    return answer


@cache
def archive(root: Path, commit: str) -> bytes | None:
    """tar.gz of the tracked files at `commit`, or the prebuilt file. Untracked files (keys, uploads) never enter."""
    if commit:
        return _git(root, "archive", "--format=tar.gz", f"--prefix=assay-{version()}/", commit)
    prebuilt = Path(settings.STATIC_ROOT) / PREBUILT
    return prebuilt.read_bytes() if prebuilt.exists() else None


def head(root: Path) -> str:
    """The commit that is checked out, or nothing outside a checkout (a parent's checkout is not ours)."""
    if not (root / ".git").exists():
        return ""
    return (_git(root, "rev-parse", "HEAD") or b"").decode().strip()


def _git(root: Path, *words: str) -> bytes | None:
    # Deployments often run as another user than the one who owns the checkout.
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *words]
    try:
        return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return None

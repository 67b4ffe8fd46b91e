"""The pages of a kind whose filing is a form: `path("somethings/", include(kind_urls("something")))`."""

from __future__ import annotations

from django.urls import URLPattern, path

from workflows.engine.views.case_list import case_list
from workflows.engine.views.filing import file_case


def kind_urls(kind: str) -> list[URLPattern]:
    """`something_list`, and `file_something`."""
    return [
        path("", case_list, {"kind": kind}, name=f"{kind}_list"),
        path("new/", file_case, {"kind": kind}, name=f"file_{kind}"),
    ]

"""What the pages ask of a kind whose row is a plain one, answered from the model itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflows.documents.models import Document
from workflows.engine.kinds import Line
from workflows.engine.models import Case
from workflows.engine.models.row import CaseRow
from workflows.organisation.models import Person


def row_of(model: type[CaseRow], *, category: str) -> dict[str, Any]:
    """`category`, `lines`, `content` of a `CaseKind`: the field that lists are narrowed by stands in each line, and
    the content's template gets the row under its class's name, and the case's `documents`.
    """
    field: Any = model._meta.get_field(category)
    rows: Any = model._default_manager
    named = {f.name for f in model._meta.get_fields() if f.many_to_one}

    def lines(case_ids: Iterable[int]) -> dict[int, Line]:
        """One statement."""
        words = dict(field.flatchoices)
        found = rows.filter(case__in=case_ids).values_list("case_id", category)
        return {case: Line(category=words.get(value, value)) for case, value in found}

    def content(case: Case, person: Person) -> dict[str, Any]:
        papers = Document.objects.for_holder(f"case:{case.pk}")
        return {str(model._meta.model_name): rows.select_related(*named).get(case=case), "documents": papers}

    def in_category(name: str) -> Any:
        return rows.filter(**{category: name}).values("case_id")

    return {"lines": lines, "content": content, "categories": field.choices, "in_category": in_category}

"""Equipment found as one types."""

from __future__ import annotations

import re

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maintenance_audit.register.models import Equipment
from workflows.organisation.access import KnownRequest, signed_in

FIELD = re.compile(r"[a-z_]{1,40}")
MOST = 10


@signed_in
@require_safe
def find_equipment(request: KnownRequest) -> HttpResponse:
    """At most ten in use that the person knows of, by a part of the tag or of the name: a list to pick from."""
    field = request.GET.get("field", "")
    field = field if FIELD.fullmatch(field) else "equipment"
    text = request.GET.get(field, "").strip()[:60]
    wanted = Q(tag__icontains=text) | Q(name__icontains=text)
    known = Equipment.objects.visible_to(request.user).active().filter(wanted).select_related("unit")
    found = known.order_by("tag")[:MOST] if text else []
    return render(request, "jobs/found_equipment.html", {"found": found, "field": field, "text": text})

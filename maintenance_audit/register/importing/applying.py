"""Upload, look, confirm: the register changes at the last step only, all of what the preview showed or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from maintenance_audit.register import keepers
from maintenance_audit.register.importing import columns
from maintenance_audit.register.importing import plan as plans
from maintenance_audit.register.importing.plan import Plan
from maintenance_audit.register.keeping import facts_of, subject_of
from maintenance_audit.register.models import Equipment, EquipmentUpload
from workflows.ledger.bulk import Happening, append_many
from workflows.ledger.clock import now
from workflows.ledger.entries import append
from workflows.organisation.errors import Refused
from workflows.organisation.models import Person, UploadState
from workflows.organisation.spreadsheets.plan import Stale


def upload(*, actor: Person, name: str, content: bytes) -> EquipmentUpload:
    """Read the file and keep its rows for the preview. Raises Refused; changes nothing."""
    if not keepers.keeps(actor):
        raise Refused(_("The register is kept by maintenance planners."))
    read = columns.read(content)
    return EquipmentUpload.objects.create(
        uploader=actor, name=name[-255:], digest=hashlib.sha256(content).hexdigest(), uploaded_at=now(),
        content=read.as_json(),
    )  # fmt: skip


@transaction.atomic
def apply(*, actor: Person, upload: EquipmentUpload, digest: str) -> Plan:
    """Do what the plan with this digest says. Raises Stale if the register changed since the preview."""
    upload = EquipmentUpload.objects.waiting_for(actor, upload.pk)
    plan = plans.compute(actor, upload, lock=True)
    if plan.digest != digest:
        raise Stale
    append_many(list(_write(plan, upload, actor)))
    upload.state, upload.applied_at = UploadState.APPLIED, now()
    upload.made, upload.changed = len(plan.new), len(plan.changed)
    upload.save(update_fields=["state", "applied_at", "made", "changed"])
    payload = {"actor": actor.pk, "file": upload.digest, "made": len(plan.new), "changed": len(plan.changed)}
    append(subject=f"unit:{actor.unit_id}", event="maintenance_audit.equipment.imported", payload=payload)
    return plan


def _write(plan: Plan, upload: EquipmentUpload, actor: Person) -> Iterator[Happening]:
    """The rows in two statements; one entry a tag."""
    made = Equipment.objects.bulk_create(
        Equipment(tag=p.tag, name=p.name, unit=p.unit, place=p.place) for p in plan.new
    )
    for row in made:
        said = {"actor": actor.pk, "after": facts_of(row), "file": upload.digest}
        yield Happening(subject_of(row), "maintenance_audit.equipment.added", said)
    for planned in plan.changed:
        assert planned.known is not None
        before = facts_of(planned.known)
        planned.known.name, planned.known.unit, planned.known.place = planned.name, planned.unit, planned.place
        after = facts_of(planned.known)
        differs = [name for name in after if after[name] != before[name]]
        said = {"actor": actor.pk, "before": {n: before[n] for n in differs}, "after": {n: after[n] for n in differs}}
        yield Happening(subject_of(planned.known), "maintenance_audit.equipment.amended", said)
    known = [planned.known for planned in plan.changed if planned.known]
    Equipment.objects.bulk_update(known, ["name", "unit", "place"], batch_size=500)

"""A reply that comes after its time: by the server's clock, recorded as late, still readable by whoever decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from maintenance_audit.findings import news
from maintenance_audit.findings.forms import keep_papers, own_token, reply_to
from maintenance_audit.findings.models import Finding, Part, Reply
from workflows.documents.models import Document
from workflows.documents.reception import RefusedFile, receive
from workflows.engine import kinds
from workflows.engine.errors import BadMove, NotYours
from workflows.engine.models import Case, Step
from workflows.organisation.models import Person, Role
from workflows.organisation.roles import holds

OPEN_AT = "confirmation"


def may_reply_late(row: Finding, person: Person, node: str) -> bool:
    return node == OPEN_AT and holds(person, Role.CONTRACTOR, row.contractor.path)


def reply_late(*, actor: Person, case: Case, token: UUID, said: dict[str, Any], photos: list[UploadedFile]) -> Reply:
    """As long as nobody has decided. The same form twice is one reply. Raises NotYours, BadMove."""
    token = own_token(token, case)
    with kinds.get("finding").flow.lock(case.process_id):
        row = Finding.objects.select_related("case__unit", "contractor", "job").get(case=case)
        if not holds(actor, Role.CONTRACTOR, row.contractor.path):
            raise NotYours
        if row.replies.filter(token=token).exists():  # type: ignore[attr-defined]
            return row.replies.get(token=token)  # type: ignore[attr-defined, no-any-return]
        step = Step.objects.filter(case=case, closed_at=None).first()
        if step is None or step.node != OPEN_AT:
            raise BadMove(_("It has been decided on meanwhile; what you wrote is kept below and was not handed in."))
        kept = _keep(actor, case, token, photos)
        reply = reply_to(row, said, actor, in_time=False, token=token)
        keep_papers(row, kept, Part.REPLY, reply=reply)
        news.late_reply(row)
        return reply


def _keep(actor: Person, case: Case, token: UUID, photos: list[UploadedFile]) -> list[str]:
    try:
        kept: list[Document] = [
            receive(
                actor=actor,
                token=uuid5(token, f"reply:{n}"),
                holder=f"case:{case.pk}",
                purpose="evidence",
                upload=photo,
            )
            for n, photo in enumerate(photos)
        ]
    except RefusedFile as refused:
        raise BadMove(str(refused.message), field="photos") from refused
    return [paper.digest_kept for paper in kept]

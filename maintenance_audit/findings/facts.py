"""What a finding says: from what both forms found, without the name of whoever found it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from maintenance_audit.findings.models import Finding, Paper, Part
from maintenance_audit.inspections.models import Found, Photo, Ruling, Verdict
from maintenance_audit.jobs.models import Claim
from maintenance_audit.register.models import Form
from workflows.documents.models import Document


def title_of(ruling: Ruling) -> str:
    claim = ruling.claim
    words = {"claim": claim.label, "claimed": claimed(claim), "found": amount(ruling.value, claim.measure)}
    if ruling.verdict == Verdict.CANNOT_VERIFY:
        return _("%(claim)s cannot be verified: claimed %(claimed)s") % words
    if ruling.value is not None:
        return _("%(claim)s: claimed %(claimed)s, found %(found)s") % words
    return _("%(claim)s does not hold: claimed %(claimed)s") % words


def told_by(ruling: Ruling) -> str:
    """What each form noted, and why it was ruled so."""
    found = Found.objects.filter(inspection__drawn_job=ruling.drawn_job_id, claim=ruling.claim_id)  # type: ignore[misc]
    lines = [_line(one) for one in found.select_related("inspection", "claim").order_by("-inspection__form")]
    if ruling.reasons:
        lines.append(_("Ruled: %(reasons)s") % {"reasons": ruling.reasons})
    return "\n".join(lines) or title_of(ruling)


def _line(one: Found) -> str:
    form = Form(one.inspection.form).label
    said = [str(Verdict(one.verdict).label), amount(one.value, one.claim.measure), one.note]
    return _("%(form)s: %(said)s") % {"form": form, "said": " · ".join(part for part in said if part)}


def claimed(claim: Claim) -> str:
    return " ".join(part for part in (amount(claim.value, claim.measure), claim.said) if part)


def amount(value: Decimal | None, measure: str) -> str:
    return f"{value.normalize():f} {measure}".strip() if value is not None else ""


# Photos. --------------------------------------------------------------------------------------------------------------


def photos_of(ruling: Ruling) -> list[Document]:
    found = Photo.objects.filter(inspection__drawn_job=ruling.drawn_job_id, claim=ruling.claim_id)  # type: ignore[misc]
    return [photo.document for photo in found.select_related("document").order_by("document__received_at", "pk")]


def keep_before(row: Finding, papers: Iterable[Document]) -> None:
    """As it was found, as the finding's own: the same bytes under the case, so that its readers may look at them. Who
    took them is not said (`holders`): inspectors stay unnamed until the tier's last record is sealed."""
    copies = [_copy(row, paper) for paper in papers]
    Document.objects.bulk_create(copies)
    Paper.objects.bulk_create(Paper(finding=row, document=copy, part=Part.BEFORE) for copy in copies)


def _copy(row: Finding, paper: Document) -> Document:
    return Document(
        uuid=uuid5(NAMESPACE_URL, f"finding:{row.case_id}:{paper.pk}"), holder=f"found:{row.case_id}", purpose="before",  # type: ignore[attr-defined]
        name=paper.name, mime=paper.mime, size=paper.size, digest_received=paper.digest_received,
        digest_kept=paper.digest_kept, width=paper.width, height=paper.height, taken_at=paper.taken_at,
        uploader_id=paper.uploader_id, received_at=paper.received_at, file=paper.file.name,
        thumbnail=paper.thumbnail.name,
    )  # fmt: skip

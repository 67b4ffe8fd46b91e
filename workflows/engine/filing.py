"""Filing a case of any kind: once, with its photos, from the page or by API; and mending it when it comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.documents.holders import register_holder
from workflows.documents.models import Document
from workflows.documents.reception import move
from workflows.engine.errors import BadMove
from workflows.engine.kinds import kind_of
from workflows.engine.models import Case
from workflows.engine.models.row import CaseRow
from workflows.engine.opening import open_case, vector
from workflows.engine.turn import Turn
from workflows.engine.work_forms import WorkForm, keep_photos
from workflows.ledger.canonical import canonical
from workflows.organisation.models import Person, Unit


class TokenTaken(Exception):
    """Somebody else's filing bears this token, or one of another kind."""


@dataclass(frozen=True)
class Filed:
    case: Case
    created: bool


class FilingForm(WorkForm):
    """What is asked of whoever files; the same form mends a case that was returned.

    A kind gives its fields, one of them `title`, a PhotosField named `photos` and an AreaField named `unit` if it wants
    them, and the model of its row, whose fields of the same names are written. Where that is not enough it has its own
    `write` and `read`.
    """

    row: type[CaseRow]
    button = gettext_lazy("File it")
    purpose = "before"  # of the photos that come along
    photos_needed: Any = ""  # the sentence for whoever brings none; empty: none are needed
    begins_with: tuple[str, ...] = ()  # fields that the page's address may fill, as that of a scanned tag does

    def __init__(self, data: Any = None, files: Any = None, *, person: Person, turn_case: Case | None = None) -> None:
        super().__init__(data, files, turn_case=turn_case, person=person)  # type: ignore[arg-type]
        if turn_case is not None:
            self.fields.pop("unit", None)  # a case stays where it was filed
            self.initial = self.read(turn_case)
        elif self.photos_needed:
            self.fields["photos"].required = True

    def begin(self, said: Mapping[str, str]) -> None:
        """What the address says of the fields stands in them; what one of them would not take is left out."""
        for name in self.begins_with:
            with suppress(ValidationError):
                if said.get(name) and self.fields[name].clean(said[name]):
                    self.initial[name] = said[name]

    def full_clean(self) -> None:
        """Photos may have come before the form: whether there are any is asked when the case is filed."""
        photos = self.fields.get("photos")
        needed = photos is not None and photos.required
        if photos is not None:
            photos.required = False
        super().full_clean()
        if photos is not None:
            photos.required = needed

    def area(self) -> Unit:
        """Whose case it is."""
        return self.cleaned_data.get("unit") or self.person.unit

    def parties(self) -> list[tuple[int, str]]:
        """Whom it concerns, beside whoever files it."""
        return []

    def write(self, case: Case) -> None:
        """Write the kind's row of a new case, or of one that is mended."""
        known = {name: self.cleaned_data[name] for name in self._shared() if name in self.cleaned_data}
        self.row._default_manager.update_or_create(case=case, defaults=known)

    def read(self, case: Case) -> dict[str, Any]:
        """What stands in the fields when the case is mended."""
        row = self.row._default_manager.get(case=case)
        return {"title": case.title} | {name: getattr(row, name) for name in self._shared()}

    def _shared(self) -> set[str]:
        return {field.name for field in self.row._meta.fields} & self.fields.keys()

    def texts(self) -> dict[str, str]:
        """What was typed, as it is digested and searched."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "photos"}
        if self.case is not None and "unit" in self.base_fields:
            typed["unit"] = self.case.unit  # not asked for again, and as much a part of it as before
        return {name: str(value) for name, value in typed.items() if value not in (None, "")}

    def save(self, held: Turn) -> None:
        """File again what was returned."""
        keep_photos(held, self.cleaned_data.get("photos") or [], purpose=self.purpose)
        case = held.case
        self.write(case)
        case.title, case.search = self.cleaned_data["title"], vector(" ".join(self.texts().values()))
        case.content_digest = digest_of(self.texts(), _filed_with(case, self.purpose))
        case.save(update_fields=["title", "search", "content_digest"])
        held.complete()


def file(*, actor: Person, kind: str, token: UUID, form: FilingForm) -> Filed:
    """File what a valid form says, once: the same token again returns the first case. Raises TokenTaken, BadMove."""
    with transaction.atomic():
        earlier = filed_before(actor=actor, kind=kind, token=token)
        if earlier is None:
            return Filed(_open(actor, kind, token, form), created=True)
        return Filed(earlier, created=False)


def filed_before(*, actor: Person, kind: str, token: UUID) -> Case | None:
    """The case that bears this token, if it is the actor's and of this kind; else TokenTaken is raised.

    Two tabs that send the same form wait for each other here instead of failing on a unique key.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [token.int & 0x7FFFFFFFFFFFFFFF])
    earlier = Case.objects.filter(token=token).first()
    if earlier is not None and (earlier.author_id != actor.pk or earlier.kind != kind):
        raise TokenTaken
    return earlier


def _open(actor: Person, kind: str, token: UUID, form: FilingForm) -> Case:
    papers = _papers(holder_of(token), form.purpose, actor)
    if form.photos_needed and not papers:
        raise BadMove(str(form.photos_needed), field="photos")

    def write(case: Case) -> None:
        form.write(case)
        move(holder_of(token), f"case:{case.pk}", tokens=[paper.pk for paper in papers])

    texts = form.texts()
    return open_case(
        actor=actor,
        kind=kind,
        token=token,
        title=form.cleaned_data["title"],
        unit=form.area(),
        parties=[(actor.pk, "author"), *form.parties()],
        content_digest=digest_of(texts, papers),
        search_text=" ".join(texts.values()),
        business=write,
    )


def digest_of(texts: dict[str, str], papers: Iterable[Document]) -> str:
    """What approvals stand on: the words, and the bytes of what was filed with them."""
    content = {"texts": texts, "papers": sorted(paper.digest_kept for paper in papers)}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _papers(holder: str, purpose: str, uploader: Person) -> list[Document]:
    """What is filed with the words."""
    return list(Document.objects.for_holder(holder).filter(purpose=purpose, uploader=uploader))


def _filed_with(case: Case, purpose: str) -> list[Document]:
    """All that its author has added by now; beside it lie evidence and what later steps brought by their own forms."""
    later = {getattr(form, "purpose", "") for form in kind_of(case).forms.values() if not issubclass(form, FilingForm)}
    return list(Document.objects.for_holder(f"case:{case.pk}").exclude(purpose__in={"evidence", *later} - {purpose}))


# Photos that come before the case does. -----------------------------------------------------------------------------


def holder_of(token: UUID) -> str:
    return f"filing:{token}"


def may_open(person: Person, holder: str) -> bool:
    """Until the case is filed its photos are for whoever brought them, and nobody else adds any."""
    try:
        token = UUID(holder.partition(":")[2])
    except ValueError:
        return False
    if holder != holder_of(token) or Case.objects.filter(token=token).exists():
        return False
    return not Document.objects.filter(holder=holder).exclude(uploader=person).exists()


def register() -> None:
    register_holder("filing", may_read=may_open, may_write=may_open, erasable=True)


def taken() -> str:
    return _("This form belongs to somebody else and was not filed.")

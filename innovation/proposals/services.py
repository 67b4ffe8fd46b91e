"""What people do with proposals before and beside the engine's verbs: file, save a draft, raise a problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from innovation.proposals import canonical, forecast, rules
from innovation.proposals.content import Content
from innovation.proposals.models import Authorship, Draft, ForecastLine, Problem, Proposal
from workflows.documents import reception
from workflows.documents.models import Document
from workflows.engine.filing import Filed, TokenTaken, filed_before
from workflows.engine.models import Case, CaseParty
from workflows.engine.opening import open_case, vector
from workflows.ledger.clock import now
from workflows.organisation.models import Person

KIND = "proposal"


def file(*, actor: Person, token: UUID, content: Content) -> Filed:
    """File a proposal once: the same token again returns the first case. Raises TokenTaken, BadMove."""
    with transaction.atomic():
        earlier = filed_before(actor=actor, kind=KIND, token=token)
        if earlier is not None:
            return Filed(earlier, created=False)
        return Filed(_file(actor, token, content), created=True)


def _file(actor: Person, token: UUID, content: Content) -> Case:
    Draft.objects.filter(token=token, person=actor).delete()
    problem = content.problem or Problem.raise_new(title=content.new_problem, unit=actor.unit, by=actor)
    papers = holder_of_draft(token)
    documents = list(Document.objects.filter(holder=papers, uploader=actor).values_list("pk", flat=True))

    def write(case: Case) -> None:
        _write(case, content, problem)
        reception.move(papers, f"case:{case.pk}", tokens=documents)

    return open_case(
        actor=actor,
        kind=KIND,
        token=token,
        title=content.title,
        unit=actor.unit,
        parties=_parties(content),
        content_digest=digest_of(content, problem, documents),
        search_text=search_text(content, problem),
        business=write,
    )


def _write(case: Case, content: Content, problem: Problem) -> Proposal:
    proposal = Proposal.objects.create(case=case, investment_years=_investment_years(case), **_fields(content, problem))
    write_rows(proposal, content)
    return proposal


def revise(proposal: Proposal, *, actor: Person, content: Content) -> str:
    """Replace the content of a proposal that is back with its author; return the new digest, also on the case.

    Called inside the author's turn: who may, and whether the case is there, has been asked.
    """
    problem = content.problem or Problem.raise_new(title=content.new_problem, unit=actor.unit, by=actor)
    for name, value in _fields(content, problem).items():
        setattr(proposal, name, value)
    proposal.save(update_fields=list(_fields(content, problem)))
    proposal.lines.all().delete()
    proposal.authorships.all().delete()
    write_rows(proposal, content)
    _write_parties(proposal.case, content)
    _write_case(proposal.case, content, problem, proposal)
    return proposal.case.content_digest


def _write_parties(case: Case, content: Content) -> None:
    """Authors of before stay parties: they knew the case, they do not become its reviewers."""
    rows = [CaseParty(case=case, person_id=person, relation=relation) for person, relation in _parties(content)]
    CaseParty.objects.bulk_create(rows, ignore_conflicts=True)
    case.party_ids = None


def _write_case(case: Case, content: Content, problem: Problem, proposal: Proposal) -> None:
    case.title = content.title
    proposal.case = case
    case.content_digest = proposal.digest()
    case.search = vector(search_text(content, problem))
    case.save(update_fields=["title", "content_digest", "search"])


def _fields(content: Content, problem: Problem) -> dict[str, Any]:
    return {
        "category": content.category,
        "problem": problem,
        "present_state": content.present_state,
        "method": content.method,
        "equipment": content.equipment,
        "cost": content.cost,
        "forecast_benefit": forecast.total(content.lines),
    }


def write_rows(proposal: Proposal, content: Content) -> None:
    ForecastLine.objects.bulk_create(
        ForecastLine(
            proposal=proposal, place=place, label=line.label, kind=line.kind, quantity=line.quantity,
            unit_value=line.unit_value, amount=line.amount,
        )
        for place, line in enumerate(content.lines, start=1)
    )  # fmt: skip
    Authorship.objects.bulk_create(
        Authorship(proposal=proposal, person=person, place=place, share=share)
        for place, (person, share) in enumerate(content.shares, start=1)
    )


def digest_of(content: Content, problem: Problem, documents: Sequence[UUID]) -> str:
    """The digest that `Proposal.digest()` computes from the rows, before there are rows."""
    return canonical.digest(
        title=content.title,
        category=content.category,
        problem=problem.number,
        present_state=content.present_state,
        method=content.method,
        equipment=content.equipment,
        cost=content.cost,
        lines=[(line.label, line.kind, line.quantity, line.unit_value) for line in content.lines],
        authors=[(person.employee_no, share) for person, share in content.shares],
        documents=documents,
    )


def search_text(content: Content, problem: Problem) -> str:
    names = " ".join(person.name for person, _share in content.shares)
    return "\n".join([content.title, content.equipment, names, problem.title, content.present_state, content.method])


def _parties(content: Content) -> list[tuple[int, str]]:
    relations = ["author"] + ["co_author"] * (len(content.shares) - 1)
    return [(person.pk, relation) for (person, _share), relation in zip(content.shares, relations, strict=True)]


def _investment_years(case: Case) -> int:
    return rules.read(case.rules.content).investment_years if case.rules else 3


# Drafts. -----------------------------------------------------------------------------------------------------------


def holder_of_draft(token: UUID) -> str:
    return f"draft:{token}"


def drafts_touched(since: datetime) -> list[str]:
    """Holders of the drafts that somebody has typed in since."""
    return [holder_of_draft(token) for token in Draft.objects.filter(saved_at__gte=since).values_list("pk", flat=True)]


def save_draft(*, actor: Person, token: UUID, typed: dict[str, Any] | None) -> bool:
    """Keep what was typed; with None only make sure that the draft exists. True if it is new. Raises TokenTaken.

    A draft whose filing has arrived stays filed: the late autosave of a slow phone changes nothing.
    """
    earlier = Case.objects.filter(token=token).first()
    if earlier is not None:
        if earlier.author_id != actor.pk or earlier.kind != KIND:
            raise TokenTaken
        return False
    draft, created = Draft.objects.get_or_create(
        token=token, defaults={"person": actor, "content": typed or {}, "saved_at": now()}
    )
    if draft.person_id != actor.pk:
        raise TokenTaken
    if not created and typed is not None:
        Draft.objects.filter(token=token, person=actor).update(content=typed, saved_at=now())
    return created


def delete_draft(*, actor: Person, token: UUID) -> None:
    """Throw away one's own draft with its photos."""
    with transaction.atomic():
        for photo in Document.objects.filter(holder=holder_of_draft(token), uploader=actor):
            reception.erase(actor=actor, document=photo)
        Draft.objects.visible_to(actor).filter(token=token).delete()


def is_received_by(person_id: int, photo: UUID) -> bool:
    return Document.objects.filter(pk=photo, uploader_id=person_id).exists()


def drop_photo(*, actor: Person, token: UUID, photo: UUID) -> None:
    """Take a photo out of one's own draft; what was filed stays filed."""
    document = Document.objects.filter(pk=photo, uploader=actor, holder=holder_of_draft(token)).first()
    if document is not None:
        reception.erase(actor=actor, document=document)


def may_open_draft(person: Person, holder: str) -> bool:
    """A draft's photos are its writer's own."""
    try:
        token = UUID(holder.partition(":")[2])
    except ValueError:
        return False
    return Draft.objects.visible_to(person).filter(token=token).exists()

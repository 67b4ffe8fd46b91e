"""The author mends a proposal that was returned, and files it again under the same number."""

from __future__ import annotations

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from innovation.proposals import services
from innovation.proposals.content import Content, Reader
from innovation.proposals.links import case_url
from innovation.proposals.models import Proposal
from innovation.proposals.typed_form import TypedForm, typed_from
from innovation.proposals.views.filing import UPLOADS
from innovation.proposals.views.sent import person_of, uuid_of
from workflows.documents.models import Document
from workflows.documents.reception import RefusedFile, receive
from workflows.engine.models import Decision, WorkItem
from workflows.engine.turn import turn
from workflows.engine.views.answers import plainly
from workflows.organisation.absences import stands_in_for
from workflows.organisation.models import Person

SCRIPTS = ["proposals/rows.js", "proposals/plain.js"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revise_proposal(request: HttpRequest, number: str) -> HttpResponse:
    person = person_of(request)
    visible = Proposal.objects.visible_to(person).select_related("case", "problem")
    proposal = get_object_or_404(visible, case__number=number)
    item = _item(proposal, person)
    first = proposal.authorships.select_related("person").order_by("place")[0].person
    if request.method != "POST":
        return _page(request, proposal, TypedForm(first, typed_from(proposal)))
    # Read as the first author's, whoever mends for them: nobody becomes an author by mending.
    reader = Reader(dict(request.POST.lists()), first)
    content = reader.read()
    errors = reader.errors or _take_files(request, person, proposal)
    if content is None or errors:
        return _page(request, proposal, TypedForm(first, reader.typed, errors), status=422)
    _file_again(request, proposal, item, content)
    return HttpResponseRedirect(case_url(proposal.case))


def _item(proposal: Proposal, person: Person) -> WorkItem:
    """The part that waits for this person or for somebody they stand in for. Filed again already: told as too late."""
    seats = [person.pk, *stands_in_for(person)]
    mine = WorkItem.objects.filter(case=proposal.case_id, step__node="revision", person__in=seats).order_by("-pk")
    item = mine.filter(state="open").first() or mine.first()
    if item is None:
        raise Http404
    if item.state != "open":
        with turn(actor=person, case_id=proposal.case_id, item_id=item.pk):
            pass
    return item


def _file_again(request: HttpRequest, proposal: Proposal, item: WorkItem, content: Content) -> None:
    person, token = person_of(request), uuid_of(request.POST.get("token", ""))
    with (
        plainly(person, token, proposal.case.number),
        turn(actor=person, case_id=proposal.case_id, item_id=item.pk, token=token) as held,
    ):
        services.revise(held.case.proposal, actor=held.actor, content=content)  # type: ignore[attr-defined]
        held.case.refresh_from_db(fields=["content_digest", "title"])
        held.complete()


def _take_files(request: HttpRequest, person: Person, proposal: Proposal) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, purpose in UPLOADS.items():
        for upload in request.FILES.getlist(name):
            try:
                receive(actor=person, token=uuid4(), holder=f"case:{proposal.case_id}", purpose=purpose, upload=upload)
            except RefusedFile as refused:
                errors[name] = refused.message
    return errors


def _page(request: HttpRequest, proposal: Proposal, form: TypedForm, *, status: int = 200) -> HttpResponse:
    returned = Decision.objects.filter(case=proposal.case_id, verb="return").order_by("-pk").first()
    context = {
        "form": form,
        "token": uuid4(),
        "revising": proposal.case,
        "address": request.path,
        "papers": Document.objects.for_holder(f"case:{proposal.case_id}"),
        "reason": returned.reason if returned else "",
        "scripts": SCRIPTS,
    }
    return render(request, "proposals/file.html", context, status=status)

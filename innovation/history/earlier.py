"""What imported history tells others: this was awarded before, this is much like it, so much there was each year."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from innovation.awards import collecting
from innovation.awards.seen import past
from innovation.history.models import PastAward
from innovation.history.queries import by_year
from innovation.proposals import duplicates
from innovation.proposals.duplicates import Likely
from workflows.organisation.models import Person

WEIGHED = 40
# By the officer's link, or by its number: another workshop's file says nothing of this one's proposals.
AWARDED_BEFORE = """
EXISTS (SELECT FROM history_pastaward h JOIN organisation_unit hw ON hw.id = h.workshop_id
        WHERE (h.proposal_id = p.id OR h.number = c.number) AND starts_with(u.path, hw.path))
"""


def search(person: Person, query: SearchQuery) -> Iterable[Likely]:
    found = (
        PastAward.objects.visible_to(person)
        .filter(search=query)
        .annotate(rank=SearchRank(F("search"), query))
        .order_by("-rank", "-pk")[:WEIGHED]
    )
    for one in found:
        standing = _("%(grade)s, %(month)s, imported history") % {"grade": one.grade, "month": f"{one.month:%Y-%m}"}
        yield Likely(one.number, one.title, one.done, standing, reverse("past_award", args=[one.pk]))


def register() -> None:
    collecting.register_earlier(AWARDED_BEFORE)
    duplicates.register_search(search)
    past.register(lambda person: by_year(PastAward.objects.visible_to(person)))

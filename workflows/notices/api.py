"""What a person is told: their list of notices, and what they choose of it."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status
from pydantic import PlainSerializer

from workflows.notices import inbox, preferences, topics
from workflows.notices.models import Channel, Notice
from workflows.notices.wishes import Wish
from workflows.organisation.api import REFUSALS, Moment, Refusal, Refused, Short, actor_of, plain_words
from workflows.organisation.errors import Refused as NotTaken

router = Router(tags=["notices"])
Clock = Annotated[time, PlainSerializer(lambda moment: moment.strftime("%H:%M"), return_type=str)]
Id = Annotated[int, Field(ge=1, lt=2**63)]


class NoticeShown(Schema):
    id: int
    event: str = Field(description="code of what happened")
    title: str = Field(description="in your language")
    body: str
    url: str = Field(description="the page it leads to")
    at: Moment
    read_at: Moment | None

    @classmethod
    def of(cls, notice: Any) -> NoticeShown:
        return cls(
            id=notice.pk, event=notice.event, title=notice.words.title, body=notice.words.body, url=notice.url,
            at=notice.created_at, read_at=notice.read_at,
        )  # fmt: skip


class Notices(Schema):
    notices: list[NoticeShown] = Field(description="newest first")
    older: int | None = Field(description="send it as `before` for what is older")
    unread: int = Field(description="at most 100, which stands for a hundred or more")


@router.get("/notices", response={200: Notices, REFUSALS: Refused}, operation_id="notices")
def notices(request: HttpRequest, before: Id | None = None, unread: bool = False) -> Notices:
    """My notices, a page at a time."""
    person = actor_of(request)
    page = inbox.page(person, before=before, unread_only=unread)
    shown = [NoticeShown.of(notice) for notice in page.notices]
    return Notices(notices=shown, older=page.older, unread=inbox.unread_count(person))


@router.post("/notices/{notice}/read", response={204: None, REFUSALS: Refused}, operation_id="read_notice")
def read_notice(request: HttpRequest, notice: Id) -> Status[None]:
    """Mark one as read; a second time changes nothing."""
    inbox.mark_read(get_object_or_404(Notice.objects.visible_to(actor_of(request)), pk=notice))
    return Status(204, None)


class Quiet(Schema):
    begins: Clock
    ends: Clock


class TopicShown(Schema):
    topic: str
    label: str
    channels: list[str] = Field(description="of in_product and mail, those by which you are told")
    always: list[str] = Field(description="those that cannot be switched off")


class Choice(Schema):
    topics: list[TopicShown]
    quiet: Quiet | None = Field(description="when mails wait, in plant time")
    digest_at: Clock | None = Field(description="one mail a day at this time, on working days; null: each at once")


class Chosen(Schema):
    topics: dict[Short, list[Short]] = Field(description="topic → in_product, mail; what is left out is switched off")
    quiet: Quiet | None = None
    digest_at: Clock | None = None


@router.get("/me/notices", response={200: Choice, REFUSALS: Refused}, operation_id="notice_choice")
def choice(request: HttpRequest) -> Choice:
    """What I have chosen to be told, how, and when not."""
    return _shown(preferences.of(actor_of(request)))


@router.put("/me/notices", response={200: Choice, REFUSALS: Refused}, operation_id="choose_notices")
def choose(request: HttpRequest, body: Chosen) -> Choice:
    """Choose anew. What waits for me stays on my list whatever I send."""
    person = actor_of(request)
    _require_known(body.topics)
    quiet = (_plain(body.quiet.begins), _plain(body.quiet.ends)) if body.quiet else None
    try:
        preferences.choose(actor=person, wanted=body.topics, quiet=quiet, digest_at=_plain(body.digest_at))
    except NotTaken as refused:
        raise Refusal(400, "invalid", refused.message, field="quiet.ends") from refused
    return _shown(preferences.of(person))


def _plain(moment: Any) -> Any:
    """Plant time, to the minute: an offset would say another time than it seems to."""
    return moment.replace(tzinfo=None, second=0, microsecond=0) if moment is not None else None


def _require_known(wanted: dict[str, list[str]]) -> None:
    known = {topic.name for topic in topics.all_topics()}
    for topic, channels in wanted.items():
        if topic not in known or not set(channels) <= set(Channel.values):
            raise Refusal(400, "invalid", plain_words("invalid"), field=f"topics.{topic}"[:200])


def _shown(wish: Wish) -> Choice:
    lines = [
        TopicShown(
            topic=topic.name,
            label=str(topic.label),
            channels=[c for c in Channel.values if wish.wants(topic.name, c)],
            always=[Channel.IN_PRODUCT.value] if topic.compulsory else [],
        )
        for topic in topics.all_topics()
    ]
    quiet = Quiet(begins=wish.quiet[0], ends=wish.quiet[1]) if wish.quiet else None
    return Choice(topics=lines, quiet=quiet, digest_at=wish.digest_at)

"""What this app has to tell people. It lies below the notices and cannot post itself: they come and listen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext_lazy as _

# By event: title and body, with named placeholders, as `notices.wording.register` takes them.
WORDS = {
    "organisation.factor.reset": (
        _("Your second factor was reset"),
        _("By %(actor)s. You are signed out everywhere. If you did not ask for it, tell your administrator at once."),
    ),
}

_listeners: list[Callable[..., None]] = []


def listen(post: Callable[..., None]) -> None:
    """Called once, by the notices, with their `post`."""
    _listeners[:] = [post]


def announce(
    *, event: str, key: str, recipients: Iterable[int], subject: str, context: Mapping[str, str | int], url: str
) -> None:
    """Tell people in the caller's transaction; see `notices.outbox.post`."""
    for post in _listeners:
        post(event=event, key=key, recipients=recipients, subject=subject, context=context, url=url)

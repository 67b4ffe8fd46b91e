"""Two who write to one case at the same moment: what the database and Viewflow then raise, as refusals one can tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext as _
from viewflow.fsm import TransitionNotAllowed
from viewflow.workflow.exceptions import FlowLockFailed

from workflows.engine.errors import BadMove, Late, Refusal
from workflows.engine.models import Decision
from workflows.organisation.models import Person

# lock_not_available, deadlock_detected
WAITED_IN_VAIN = {"55P03", "40P01"}


class Busy(Refusal):
    """The case is being written to and did not come free in time (409)."""

    code = "busy"


@contextmanager
def plainly(person: Person, token: UUID | None, number: str = "") -> Iterator[None]:
    """Turn what the database and Viewflow raise into refusals that a page can tell.

    `number` of the case: the form has been sent already only if it was sent for this one.
    """
    try:
        yield
    except (FlowLockFailed, TransitionNotAllowed) as error:
        raise Busy from error
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") not in WAITED_IN_VAIN:
            raise
        raise Busy from error
    except IntegrityError as error:
        if "a_form_decides_once" not in str(error):
            raise
        sent = Decision.objects.filter(token=token, actor=person)
        first = (sent.filter(case__number=number) if number else sent).first()
        if first is None:
            raise BadMove(_("This form could not be read. Open the page again and send it once more.")) from error
        raise Late(first.verb, person, first.decided_at, by_oneself=True) from error

"""What each verb must do, as product.md §2 says it: a table that knows nothing of the engine's code.

`RULES` holds, for every row of the matrix, pairs of (when, what); the first that holds is the rule. What is refused is
refused for a reason of `REASONS`, which is the sentence that the person reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What may be known of a step before anybody acts at it."""

    node: str
    context: str  # plain, any, all, vote, returned, substitute
    deciding: bool  # an opinion is asked for, else a piece of work
    pool: bool  # found by role; else by name
    rejects: bool  # the flow has a way for a rejection
    mendable: bool  # the content may still go back to its author
    own: bool  # the authors' own step
    form: str  # "form": the kind's form; "photos": one that wants photos; "page": a page of its own; "": none
    decided: bool  # the case is decided, so that it is not withdrawn
    lasting: bool  # what ends this step has an effect that stays
    earlier: bool  # the case has been through a step that it may be returned to
    appeals: bool  # completing this step is an appeal
    resumed: bool  # the step itself was returned or resumed
    took_effect: bool = False  # what ends this step has an effect that stays, and the case goes on
    concerned: bool = True  # there is somebody whom the case concerns
    authored: bool = True  # whoever it was opened by is one of them
    personal: bool = False  # each does a part of their own
    alone: bool = False  # and there is one such part
    reserved: bool = False  # nobody else reads the case
    door: str = "page"

    @property
    def mode(self) -> str:
        return self.context if self.context in ("any", "all", "vote") else "one"

    @property
    def shared(self) -> bool:
        """One task for all of a role, which one of them takes."""
        return self.pool and self.mode == "one"

    @property
    def counted(self) -> bool:
        """One signature of several does not end the step."""
        return self.mode in ("all", "vote")

    @property
    def in_hand(self) -> bool:
        """Whoever had it when the case was returned has it again."""
        return not self.shared or self.resumed


@dataclass(frozen=True)
class Reason:
    """How a refusal is told: by the page with a status, by the API with a status and a code; the same sentence."""

    says: str
    code: str = "bad_move"
    api: int = 400
    page: int = 422
    told: str = ""  # where the sentence alone does not say it


REASONS: dict[str, Reason] = {
    "work": Reason("This step is work to be done, not an opinion to be given."),
    "nothing_to_sign": Reason("This step is work to be done; there is nothing to sign."),
    "asks_more": Reason("This step asks for more than an approval; open it and fill in its form."),
    "opinion": Reason(
        "This step asks for your opinion: approve, return or reject.", code="bad_move", page=400,
    ),
    "own_page": Reason("This step's work is handed in on its page.", code="no_form"),
    "photos": Reason("This has to be filled in.", code="invalid", told="The form wants a photo, which the page takes."),
    "no_reject": Reason("This step cannot reject; return it with your reason."),
    "no_abstain": Reason("Abstaining is for votes; approve, return or reject."),
    "vote_not_returned": Reason("A vote is not returned: vote against with your reason, or abstain."),
    "not_been": Reason("The case has not been at that step."),
    "by_name": Reason("This task was given to you by name; it cannot go back to a pool."),
    "only_added": Reason("Only an added signer who has not decided can be removed."),
    "not_asked": Reason("Nobody asked for an opinion here; decide yourself."),
    "personal": Reason("This part is yours alone; it cannot be handed on, and nobody can be drawn into it."),
    "took_effect": Reason("Your decision has taken effect and cannot be taken back."),
    "handed_in": Reason("What was handed in here stands; it cannot be taken back."),
    "no_reason": Reason("Say why it is rejected; the author will read it."),
    "no_return_reason": Reason('Say what is missing, e.g. "Add downtime for three shifts."'),
    "on_hold": Reason("This case is on hold: 等图纸", page=400),
    "waits": Reason("It waits for somebody else first.", page=400),
    "decided": Reason("It has been decided and can no longer be withdrawn."),
    "nothing_taken_back": Reason("You have decided nothing here that could be taken back."),
    "author": Reason("this ", told="… is an author of this case, or tied to somebody whom it concerns."),
    "late": Reason("", code="late", api=409, page=409, told="Too late: who did what, and when."),
    "not_yours": Reason("", code="not_yours", api=403, page=403, told="It is somebody else's."),
    "reserved": Reason("This one is read by nobody else for now, so no copy is sent."),
}  # fmt: skip


@dataclass(frozen=True)
class Works:
    """What it brings about, by the name of a check in `effects`; `verb`: what it is recorded as, "" = no record."""

    effect: str
    verb: str = ""


@dataclass(frozen=True)
class Refused:
    reason: str


@dataclass(frozen=True)
class Nothing:
    """The row asks for something that there is not at this step."""


Rule = Works | Refused | Nothing
When = Callable[[Facts], bool]


def always(f: Facts) -> bool:
    return True


def work(f: Facts) -> bool:
    return not f.deciding


def standing_in(f: Facts) -> bool:
    return f.context == "substitute"


WORK = (work, Refused("work"))
PERSONAL = (lambda f: f.personal, Refused("personal"))
RESERVED = (lambda f: f.reserved, Refused("reserved"))
UNHEARD_OF = (lambda f: f.personal, Nothing())
RULES: dict[str, list[tuple[When, Rule]]] = {
    "claim": [
        (lambda f: f.in_hand, Works("stays")),  # it is theirs already; nothing is recorded twice
        (always, Works("is_in_hand", "claim")),
    ],
    "release": [
        (lambda f: f.shared, Works("is_free", "release")),
        (always, Refused("by_name")),
    ],
    "approve": [
        WORK,
        (lambda f: f.form == "form", Refused("asks_more")),
        (lambda f: f.counted, Works("counts", "approve")),
        (always, Works("ends_approved", "approve")),
    ],
    "approve while held": [(always, Refused("on_hold"))],
    "approve while an opinion is out": [UNHEARD_OF, (always, Refused("waits"))],
    "return to the author, resume": [
        WORK,
        (lambda f: f.mode == "vote", Refused("vote_not_returned")),
        (lambda f: not f.mendable, Refused("not_been")),
        (always, Works("is_with_the_author", "return")),
    ],
    "return to the author, walk": [
        WORK,
        (lambda f: f.mode == "vote", Refused("vote_not_returned")),
        (lambda f: not f.mendable, Refused("not_been")),
        (always, Works("is_with_the_author", "return")),
    ],
    "return to an earlier step, resume": [
        WORK,
        (lambda f: f.mode == "vote", Refused("vote_not_returned")),
        (lambda f: not f.earlier, Refused("not_been")),
        (always, Works("is_at_the_earlier_step", "return")),
    ],
    "return to an earlier step, walk": [
        WORK,
        (lambda f: f.mode == "vote", Refused("vote_not_returned")),
        (lambda f: not f.earlier, Refused("not_been")),
        (always, Works("is_at_the_earlier_step", "return")),
    ],
    "return without a reason": [
        WORK,
        (lambda f: f.mode == "vote", Refused("vote_not_returned")),
        (always, Refused("no_return_reason")),
    ],
    "reject": [
        WORK,
        (lambda f: not f.rejects, Refused("no_reject")),
        # The first rejection ends an all-of step; a vote is counted.
        (lambda f: f.mode == "vote", Works("counts", "reject")),
        (always, Works("ends_rejected", "reject")),
    ],
    "reject without a reason": [
        WORK,
        (lambda f: not f.rejects, Refused("no_reject")),
        (always, Refused("no_reason")),
    ],
    "abstain": [
        WORK,
        (lambda f: f.mode != "vote", Refused("no_abstain")),
        (always, Works("counts", "abstain")),
    ],
    "add a signer before": [(work, Refused("nothing_to_sign")), (always, Works("waits_for_the_added", "add_signer"))],
    "add a signer beside": [(work, Refused("nothing_to_sign")), (always, Works("added_decides_too", "add_signer"))],
    "add a signer after": [(work, Refused("nothing_to_sign")), (always, Works("added_comes_after", "add_signer"))],
    "add an author as signer": [(work, Refused("nothing_to_sign")), (always, Refused("author"))],
    "remove an added signer": [(work, Refused("only_added")), (always, Works("added_is_out", "remove_signer"))],
    "transfer": [PERSONAL, (always, Works("is_the_helpers", "transfer"))],
    "transfer to an author": [PERSONAL, (lambda f: not f.concerned, Nothing()), (always, Refused("author"))],
    "consult": [PERSONAL, (always, Works("waits_for_the_opinion", "consult"))],
    "advise": [UNHEARD_OF, (always, Works("comes_back", "advise"))],
    "advise unasked": [(always, Refused("not_asked"))],
    "hold": [(always, Works("is_held", "hold"))],
    "release the hold": [(always, Works("goes_on", "resume"))],
    "complete": [
        (lambda f: f.deciding and not f.form, Refused("opinion")),
        (lambda f: f.deciding and f.counted, Works("counts", "approve")),
        (lambda f: f.deciding, Works("ends_approved", "approve")),
        (lambda f: f.form == "page" and f.door == "api", Refused("own_page")),
        (lambda f: f.form == "photos" and f.door == "api", Refused("photos")),
        (lambda f: f.appeals, Works("ends_done", "appeal")),
        (lambda f: f.personal and not f.alone, Works("counts", "done")),
        (always, Works("ends_done", "done")),
    ],
    "take back": [
        (lambda f: f.personal and not f.alone, Refused("handed_in")),
        (lambda f: f.took_effect and not f.counted, Refused("took_effect")),
        # An appeal is not taken back; what the author did before it has been acted on.
        (lambda f: f.appeals and f.context == "returned", Refused("late")),
        (lambda f: f.appeals, Refused("nothing_taken_back")),
        (lambda f: f.lasting and not f.counted, Refused("late")),
        (always, Works("is_undecided_again", "take_back")),
    ],
    "take back when somebody has acted": [
        UNHEARD_OF,
        (lambda f: f.appeals and f.context == "returned", Refused("late")),
        (lambda f: f.appeals, Refused("nothing_taken_back")),
        (always, Refused("late")),
    ],
    "withdraw": [
        (lambda f: f.decided, Refused("decided")),
        (always, Works("is_withdrawn", "withdraw")),
    ],
    "withdraw by somebody else": [(lambda f: f.reserved, Nothing()), (always, Refused("not_yours"))],
    "urge": [(always, Works("stays", "urge"))],
    "urge again within the hour": [(always, Refused("late"))],
    "copy by the author": [
        (lambda f: not f.concerned or not f.authored, Nothing()),
        RESERVED,
        (always, Works("is_copied", "copy")),
    ],
    "copy by whose turn it is": [RESERVED, (always, Works("is_copied", "copy"))],
}


def rule(row: str, facts: Facts) -> Rule:
    return next(what for when, what in RULES[row] if when(facts))

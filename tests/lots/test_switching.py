"""Switching held against a plain model that keeps the whole history and reads it anew each time."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_audit.lots.switching import (
    Outcome,
    State,
    after_lot,
    from_json,
    improvement_accepted,
    irregular_work,
    reduce,
    to_json,
)

YES, NO = Outcome(True, 2, True), Outcome(False, 2)
EVENTS = st.one_of(
    st.builds(Outcome, st.booleans(), st.integers(0, 4), st.booleans()),
    st.sampled_from([YES] * 4 + [NO, "ask", "ask", "irregular", "improved"]),
)


class Plain:
    """As one would keep it on paper: everything since the present spell began."""

    def __init__(self):
        self.at, self.spell = "normal", []

    def to(self, inspection):
        self.at, self.spell = inspection, []

    def score(self):
        score = 0
        for one in self.spell:
            if one.ac >= 2:
                score = score + 3 if one.accepted and one.tighter else 0
            else:
                score = score + 2 if one.accepted else 0
        return score

    def see(self, event):
        if event == "ask":
            if self.at == "normal" and self.score() >= 30:
                self.to("reduced")
        elif event == "irregular":
            if self.at == "reduced":
                self.to("normal")
        elif event == "improved":
            if self.at == "discontinued":
                self.to("tightened")
        else:
            self.lot(event)

    def lot(self, outcome):
        self.spell.append(outcome)
        failed = [not one.accepted for one in self.spell]
        if self.at == "normal" and sum(failed[-5:]) >= 2:
            self.to("tightened")
        elif self.at == "tightened" and sum(failed) >= 5:
            self.to("discontinued")
        elif (self.at == "tightened" and len(failed) >= 5 and not any(failed[-5:])) or (
            self.at == "reduced" and failed[-1]
        ):
            self.to("normal")


def step(state, event):
    if event == "ask":
        return reduce(state, steady=True, consents=True)
    if event == "irregular":
        return irregular_work(state)
    if event == "improved":
        return improvement_accepted(state)
    return after_lot(state, event)


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=80))
def test_it_stands_where_the_whole_history_says(events):
    state, plain = State(), Plain()
    for event in events:
        state = step(state, event)
        plain.see(event)
        assert state.inspection == plain.at
        assert state.score == (plain.score() if plain.at == "normal" else 0)
        assert from_json(to_json(state)) == state


def run(*events, state=None):
    state = state or State()
    for event in events:
        state = step(state, event)
    return state


def test_two_of_five_not_accepted_tighten():
    assert run(NO, YES, YES, YES, NO).inspection == "tightened"
    assert run(NO, YES, YES, YES, YES, NO).inspection == "normal"
    assert run(NO, NO).inspection == "tightened"


def test_five_accepted_in_a_row_on_tightened_bring_back_normal_with_an_empty_score():
    assert run(NO, NO, *[YES] * 4, NO, *[YES] * 4).inspection == "tightened"
    assert run(NO, NO, *[YES] * 5) == State()


def test_ten_good_lots_may_be_reduced_if_the_work_is_steady_and_the_lead_consents():
    good = run(*[YES] * 10)
    assert good.score == 30 and good.may_be_reduced
    assert reduce(good, steady=False, consents=True) == good == reduce(good, steady=True, consents=False)
    assert reduce(good, steady=True, consents=True).inspection == "reduced"
    assert run(*[YES] * 9, "ask").inspection == "normal"


def test_the_score_begins_anew_when_a_lot_would_not_hold_one_step_tighter():
    assert run(*[YES] * 9, Outcome(True, 3, False)).score == 0
    assert run(*[Outcome(True, 0)] * 15).may_be_reduced and run(*[Outcome(True, 1)] * 14).score == 28


def test_reduced_ends_by_any_lot_not_accepted_or_by_irregular_work():
    reduced = State(inspection="reduced")
    assert run(YES, YES, state=reduced) == reduced
    assert run(NO, state=reduced) == State() == run("irregular", state=reduced)


def test_five_not_accepted_in_one_spell_discontinue_until_improvement_is_accepted():
    stopped = run(NO, NO, NO, YES, NO, YES, NO, NO, NO)
    assert stopped.inspection == "discontinued"
    assert run(YES, YES, NO, state=stopped) == stopped
    assert run("improved", state=stopped) == State(inspection="tightened")
    assert replace(stopped).inspection == "discontinued"

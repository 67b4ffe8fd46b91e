"""How alike two Chinese texts are: the share of their character pairs that they have in common (Dice)."""

from __future__ import annotations

from workflows.engine.bigrams import lexemes


def likeness(one: str, other: str) -> float:
    """0 = nothing in common, 1 = the same pairs and words; symmetric."""
    left, right = _pairs(one), _pairs(other)
    if not left or not right:
        return 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def proposals_alike(title: str, text: str, other_title: str, other_text: str) -> float:
    """By title alone while only a title is typed; once there is a text both count half, if that says more."""
    titles = likeness(title, other_title)
    return max(titles, (titles + likeness(text, other_text)) / 2)


def _pairs(text: str) -> set[str]:
    # The single last character of each run serves search; as a mark of likeness it says too little.
    return {lexeme for lexeme in lexemes(text) if len(lexeme) > 1}

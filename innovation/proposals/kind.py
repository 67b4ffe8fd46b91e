"""What the engine asks about proposals."""


def register() -> None:
    """Tell the engine about this kind."""

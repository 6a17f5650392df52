"""What a command came to, kept with what it printed where an agent tells both in one object."""

from __future__ import annotations


def with_exit_code(printed: str, code: object) -> str:
    """What was printed, and below it in the transcript's own words that the command failed, if it did."""
    if not isinstance(code, int) or not code:
        return printed
    told = f"exit_code: {int(code)}"
    return f"{printed}\n\n{told}" if printed else told

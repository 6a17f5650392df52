"""What a session adds up to."""

from __future__ import annotations

from session_mirror.harness.tally import NO_TOKENS, Tally, counted
from session_mirror.protocol.statistics import Count, ModelTokens


def test_a_response_that_is_told_in_pieces_counts_once_with_its_largest_figures() -> None:
    tally = Tally()
    tally.line()
    tally.spent("m1", "claude-x", counted(fresh=10, output=1))
    tally.spent("m1", "claude-x", counted(fresh=10, output=7))
    tally.spent("m1", "claude-x", counted(fresh=10, output=3))
    found = tally.statistics()
    assert found.tokens == counted(fresh=10, output=7)
    assert found.models == (ModelTokens("claude-x", counted(fresh=10, output=7)),)


def test_turns_begin_at_prompts_and_add_up_to_the_whole() -> None:
    tally = Tally()
    for number, time_ms in enumerate((1_000, 2_000, 3_000, 4_000)):
        tally.line(time_ms)
        if number in (1, 3):
            tally.prompt(f"prompt {number}", time_ms)
        tally.spent(f"m{number}", "m", counted(fresh=1, cache_read=number))
        tally.tool("Bash")
        tally.event("toolCall")
    found = tally.statistics()
    assert [(turn.line, turn.prompt, turn.began_at_ms, turn.ended_at_ms) for turn in found.turns] == [
        (0, "", 1_000, 1_000),
        (1, "prompt 1", 2_000, 3_000),
        (3, "prompt 3", 4_000, 4_000),
    ]
    assert [turn.tokens.total for turn in found.turns] == [1, 2 + 3, 4]
    assert found.tokens.total == sum(turn.tokens.total for turn in found.turns)
    assert (found.tools, found.events) == ((Count("Bash", 4),), (Count("toolCall", 4),))


def test_nothing_before_the_first_prompt_is_no_turn() -> None:
    tally = Tally()
    tally.line(bookkeeping=True)
    tally.line()
    tally.prompt("go", None)
    found = tally.statistics()
    assert [turn.prompt for turn in found.turns] == ["go"]
    assert (found.lines, found.bookkeeping, found.tokens) == (2, 1, NO_TOKENS)

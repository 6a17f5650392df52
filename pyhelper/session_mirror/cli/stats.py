"""`session-mirror stats`: what sessions add up to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from pathlib import Path

import attrs
import click

from session_mirror.cli.common import HARNESS, counted, destination_option, open_deps, shows_errors
from session_mirror.cli.reading import found_here, opened
from session_mirror.cli.words import one_line
from session_mirror.harness.tally import NO_TOKENS, Spent, add_tokens
from session_mirror.mirror.deps import Deps
from session_mirror.protocol.statistics import Count, Statistics, Tokens, Turn
from session_mirror.replay.session import Replay


@attrs.frozen
class _Summed:
    name: str
    statistics: Statistics
    own: Tokens
    """Of the responses that no session before this one had."""


@click.command()
@click.argument("sessions", nargs=-1)
@click.option("--harness", type=HARNESS, default=None, help="Which agent wrote a file; by default its lines tell.")
@click.option("--turns", is_flag=True, help="Also each turn.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@destination_option
@shows_errors
def stats(*, sessions: tuple[str, ...], harness: str | None, turns: bool, as_json: bool, destination: str) -> None:
    """Count a session's prompts, tool calls and tokens.

    SESSIONS are ids in the bucket, or paths of transcripts; without any, those that ran in the current folder. A
    response that several sessions have, as forks and resumed copies do, counts once in their total.
    """
    deps = open_deps(destination)
    known: dict[str, Spent] = {}
    summed = []
    for name, replay in _replays(deps, sessions, harness):
        responses = replay.responses()
        new = {key: spent for key, spent in responses.items() if key not in known}
        known |= new
        summed.append(_Summed(name, _statistics(replay), _total(new.values())))
        click.echo(json.dumps(_fields(summed[-1], turns=turns)) if as_json else _text(summed[-1], turns=turns))
    if not summed:
        click.echo("(no sessions)", err=True)
    elif len(summed) > 1 and not as_json:
        click.echo(f"{counted(len(summed), 'session')}: {_tokens_text(_total(known.values()))}")


def _replays(deps: Deps, sessions: Sequence[str], harness: str | None) -> Iterator[tuple[str, Replay]]:
    if sessions:
        named = [(session, session, harness) for session in sessions]
    else:
        here = found_here(deps, Path.cwd())
        named = [(found.session_id, str(found.path), found.harness) for found in here]
    for name, session, written_by in named:
        with opened(deps, session, written_by) as replay:
            yield name, replay


def _statistics(replay: Replay) -> Statistics:
    first = replay.statistics(0)
    turns = list(first.statistics.turns)
    while len(turns) < first.turn_count:
        turns += replay.statistics(len(turns)).statistics.turns
    return attrs.evolve(first.statistics, turns=tuple(turns))


def _total(responses: Iterable[Spent]) -> Tokens:
    return reduce(add_tokens, (spent.tokens for spent in responses), NO_TOKENS)


def _fields(summed: _Summed, *, turns: bool) -> dict[str, object]:
    found = summed.statistics
    fields: dict[str, object] = {
        "session": summed.name,
        "lines": found.lines,
        "bookkeeping": found.bookkeeping,
        "events": _by_name(found.events),
        "tools": _by_name(found.tools),
        "tokens": attrs.asdict(found.tokens),
        "own_tokens": attrs.asdict(summed.own),
        "models": {told.model: attrs.asdict(told.tokens) for told in found.models},
        "turn_count": len(found.turns),
        "first_at_ms": found.first_at_ms,
        "last_at_ms": found.last_at_ms,
    }
    return {**fields, "turns": [attrs.asdict(turn) for turn in found.turns]} if turns else fields


def _by_name(counts: Sequence[Count]) -> dict[str, int]:
    return {count.name: count.count for count in counts}


def _text(summed: _Summed, *, turns: bool) -> str:
    found = summed.statistics
    kinds = ", ".join(f"{count.count} {count.name}" for count in found.events)
    lines = [summed.name, f"  {counted(found.lines, 'line')}: {kinds or 'nothing to show'}"]
    lines += [f"  tokens: {_tokens_text(found.tokens)}"]
    if summed.own != found.tokens:
        lines += [f"  of these not in a session before: {summed.own.total:,}"]
    lines += [f"  {told.model or '(model not told)'}: {_tokens_text(told.tokens)}" for told in found.models]
    if found.tools:
        lines.append("  tools: " + ", ".join(f"{count.name} {count.count}" for count in found.tools))
    return "\n".join(lines + ([_turn_text(turn) for turn in found.turns] if turns else []))


def _turn_text(turn: Turn) -> str:
    return f"  {turn.tokens.total:>12,} tokens  {turn.tool_calls:>4} calls  {one_line(turn.prompt, 80)}"


def _tokens_text(tokens: Tokens) -> str:
    cache = f"{tokens.cache_read:,} read from cache, {tokens.cache_write:,} written to it"
    return f"{tokens.total:,} (input {tokens.input:,}, {cache}, output {tokens.output:,})"

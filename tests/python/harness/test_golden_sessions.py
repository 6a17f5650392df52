"""What is read of each agent's sessions, as it was written down: `RESET=1` writes it down anew, for review."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import attrs
import pytest

from session_mirror.harness.base import FoundSession, Harness, ReadRecord
from session_mirror.harness.json_values import one_line
from session_mirror.harness.registry import REGISTRY
from session_mirror.protocol.replay import ReplayEvent
from session_mirror.protocol.statistics import Statistics, Tokens
from support.scenes import ALL_SCENES, CWD, MOVED, SCENES, at_home, stream_lines

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(("name", "scene"), ALL_SCENES)
def test_what_is_read_is_what_was_written_down(
    name: str, scene: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SCENES[name][scene](tmp_path)
    harness = at_home(name, tmp_path, monkeypatch)
    text = "\n".join(described(harness)).replace(str(tmp_path), "~")
    assert text, "nothing is found"
    written = GOLDEN / name / f"{scene}.txt"
    if os.environ.get("RESET"):
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(text, encoding="utf-8")
    assert text == written.read_text(encoding="utf-8")


def test_every_agent_has_a_scene_and_every_scene_is_written_down() -> None:
    assert SCENES.keys() == REGISTRY.keys()
    assert {(path.parent.name, path.stem) for path in GOLDEN.glob("*/*.txt")} == set(ALL_SCENES)


def described(harness: Harness) -> Iterator[str]:
    """Everything that a harness says of the workspace, a line an event."""
    for found in sorted(harness.discover([Path(CWD), Path(MOVED)]), key=lambda found: found.session_id):
        yield from session(harness, found)
    for problem in harness.problems():
        yield f"problem: {problem.message} {problem.hint}"
    for (other, session_id), driver in harness.drives().items():
        yield f"drives {other} {session_id}, by {driver}"


def session(harness: Harness, found: FoundSession) -> Iterator[str]:
    yield f"=== {found.session_id}: {harness.title(found.path)}"
    if found.parent_id or found.agent:
        yield f"a sub-agent of {found.parent_id}: {found.agent}"
    lines = stream_lines(found.path)
    account = harness.account()
    for line in lines:
        account.feed(line)
    arranged = account.arrangement()
    order = [*(arranged.order or ()), *range(len(arranged.order or ()), len(lines))]
    for number in order:
        record = harness.read_record(lines[number])
        if number not in arranged.folded:
            yield from (event_line(number, record, event) for event in record.events)
    yield f"folded: {', '.join(map(str, sorted(arranged.folded))) or 'none'}"
    yield from totals(account.statistics())
    yield ""


def event_line(number: int, record: ReadRecord, event: ReplayEvent) -> str:
    told = [event.label and f"[{event.label}]"]
    told += [event.tool.name, event.tool.target and f"({event.tool.target})"] if event.tool else []
    told += [event.text.value[:200], f"+{event.images} images" if event.images else ""]
    mark = "!" if event.is_error else ">" if record.is_sidechain else " "
    return f"{number:>4} {clock(record.time_ms):<8} {mark}{event.kind:<11}{one_line(' '.join(filter(None, told)), 100)}"


def clock(time_ms: int | None) -> str:
    return "" if time_ms is None else datetime.fromtimestamp(time_ms / 1000, timezone.utc).strftime("%H:%M:%S")


def totals(statistics: Statistics) -> Iterator[str]:
    yield f"{statistics.lines} lines, {statistics.bookkeeping} of them bookkeeping"
    yield f"events: {', '.join(f'{each.count} {each.name}' for each in statistics.events)}"
    yield f"tools: {', '.join(f'{each.count} {each.name}' for each in statistics.tools) or 'none'}"
    for model in statistics.models:
        yield f"model {model.model or '?'}: {spent(model.tokens)}"
    for turn in statistics.turns:
        told = f"{turn.tool_calls} calls, {turn.errors} errors, {spent(turn.tokens)}"
        yield f"turn at {turn.line}: {turn.prompt or '-'}; {told}"


def spent(tokens: Tokens) -> str:
    return ", ".join(f"{count} {name}" for name, count in attrs.asdict(tokens).items() if count) or "no tokens"

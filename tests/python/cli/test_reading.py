"""What `stats` and `events` say of sessions, by a file's path or by an id in the bucket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.terminal import SESSION, Terminal

CWD = "/home/ada/app"


def assistant(uuid: str, message: str, *, output: int, text: str = "Done.") -> dict[str, Any]:
    usage = {"input_tokens": 10, "output_tokens": output, "cache_read_input_tokens": 100}
    return {
        "type": "assistant",
        "uuid": uuid,
        "sessionId": "s",
        "cwd": CWD,
        "requestId": f"req_{message}",
        "timestamp": "2026-11-21T10:00:01.000Z",
        "message": {
            "id": message,
            "role": "assistant",
            "model": "claude-x",
            "content": [{"type": "text", "text": text}],
            "usage": usage,
        },
    }


def user(uuid: str, text: str) -> dict[str, Any]:
    return {
        "type": "user",
        "uuid": uuid,
        "sessionId": "s",
        "cwd": CWD,
        "timestamp": "2026-11-21T10:00:00.000Z",
        "message": {"role": "user", "content": text},
    }


def write(path: Path, *records: dict[str, Any] | bytes) -> Path:
    lines = (record if isinstance(record, bytes) else json.dumps(record).encode() for record in records)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def told(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_stats_of_a_file_count_each_response_once(terminal: Terminal) -> None:
    path = write(
        terminal.root / "t.jsonl", user("u1", "go"), assistant("a1", "m1", output=1), assistant("a2", "m1", output=9)
    )
    (found,) = told(terminal.run("stats", str(path), "--json", "--turns").text)
    assert found["tokens"] == {
        "input": 10,
        "output": 9,
        "cache_read": 100,
        "cache_write": 0,
        "reasoning": 0,
        "total": 119,
    }
    assert found["models"] == {"claude-x": found["tokens"]}
    assert [(turn["prompt"], turn["tokens"]["total"]) for turn in found["turns"]] == [("go", 119)]
    assert "119" in terminal.run("stats", str(path)).text


def test_a_response_that_a_fork_repeats_is_its_first_sessions_own(terminal: Terminal) -> None:
    first = write(terminal.root / "one.jsonl", user("u1", "go"), assistant("a1", "m1", output=1))
    fork = write(
        terminal.root / "two.jsonl",
        user("u1", "go"),
        assistant("a1", "m1", output=1),
        assistant("a2", "m2", output=5),
    )
    one, two = told(terminal.run("stats", str(first), str(fork), "--json").text)
    assert (one["own_tokens"]["output"], two["own_tokens"]["output"]) == (1, 5)
    assert (one["tokens"]["output"], two["tokens"]["output"]) == (1, 6)


def test_stats_without_a_name_are_those_of_the_folder(terminal: Terminal) -> None:
    (found,) = told(terminal.run("stats", "--json").text)
    assert (found["session"], found["events"]) == (SESSION, {"prompt": 1})


def test_events_of_a_session_in_the_bucket_are_those_of_its_transcript(terminal: Terminal) -> None:
    assert terminal.run("mirror").code == 0
    stored = terminal.run("events", SESSION, "--json")
    assert stored.code == 0
    assert [event["text"] for event in told(stored.text) if event["kind"] == "prompt"] == ["tidy the parser"]
    assert stored.text == terminal.run("events", str(terminal.transcript), "--json").text


def test_events_account_for_every_line_and_give_whole_texts(terminal: Terminal) -> None:
    long = "word " * 20_000 + "end"
    path = write(
        terminal.root / "t.jsonl",
        user("u1", long),
        {"type": "mode", "mode": "plan", "sessionId": "s"},
        b"\xff torn",
        assistant("a1", "m1", output=1),
        {"type": "never-heard-of", "x": 1},
    )
    lines = told(terminal.run("events", str(path), "--json", "--all-lines").text)
    assert {line["line"] for line in lines} == set(range(5))
    assert [line["kind"] for line in lines] == ["prompt", None, "opaque", "reply", "opaque"]
    assert lines[0]["text"] == long
    shown = terminal.run("events", str(path), "--all-lines").text.splitlines()
    assert len(shown) == 5
    assert all(len(line) < 250 for line in shown)


def test_a_file_that_no_agent_wrote_is_an_error_with_a_remedy(terminal: Terminal) -> None:
    path = terminal.root / "notes.jsonl"
    path.write_bytes(b"\n\n")
    for command in ("stats", "events"):
        result = terminal.run(command, str(path))
        assert result.code == 1
        assert "--harness" in result.err


def test_a_session_that_is_nowhere_is_an_error(terminal: Terminal) -> None:
    assert terminal.run("events", "nowhere").code == 1

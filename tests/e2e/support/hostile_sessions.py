"""Writes a session of each agent below a home directory, with every text of a JSON list in every field that takes one.

Arguments: the home directory, the folder that the sessions ran in. The texts come by standard input.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "tests" / "python"), str(ROOT / "pyhelper")]

from support.hermes_database import HermesDatabase  # noqa: E402
from support.openclaw_sessions import Session as OpenClawSession  # noqa: E402
from support.openclaw_sessions import agent_database  # noqa: E402

ID = "5b1c7a60-0000-4000-8000-00000000000"
AT = "2026-03-02T09:{:02}:{:02}.000Z"


def main() -> None:
    home, cwd = Path(sys.argv[1]), sys.argv[2]
    texts: list[str] = json.load(sys.stdin)
    claude(home.parent / "claude", cwd, texts)
    codex(home / ".codex", cwd, texts)
    hermes(home / ".hermes" / "state.db", cwd, texts)
    openclaw(home / ".openclaw", cwd, texts)


def claude(home: Path, cwd: str, texts: Sequence[str]) -> None:
    lines: list[dict[str, object]] = [{"type": "summary", "summary": "Claude Code " + texts[0], "leafUuid": "u0"}]

    def say(role: str, text: str, *content: object) -> None:
        number = len(lines)
        links = {"uuid": f"u{number}", "parentUuid": f"u{number - 1}" if number > 1 else None, "sessionId": ID + "1"}
        place = {"cwd": cwd, "gitBranch": text, "slug": text, "version": "2.1.0", "timestamp": _at(number)}
        message = {"role": role, "content": list(content), **({"model": text} if role == "assistant" else {})}
        lines.append({"type": role, "message": message, **links, **place})

    for number, text in enumerate(texts):
        say("user", text, {"type": "text", "text": text if number else f"Claude Code {text}"})
        say("assistant", text, {"type": "thinking", "thinking": text}, {"type": "text", "text": text})
        for tool, arguments in _calls(text):
            call = f"{text} {len(lines)}"
            say("assistant", text, {"type": "tool_use", "id": call, "name": tool, "input": arguments})
            result = {"type": "tool_result", "tool_use_id": call, "content": text, "is_error": number % 5 == 0}
            say("user", text, result)
        lines.append({"type": "system", "subtype": text, "content": text, "level": text, "timestamp": _at(len(lines))})
        lines.append({"type": text, text: text, "timestamp": _at(len(lines))})
    compacted = {"type": "user", "isCompactSummary": True, "message": {"role": "user", "content": " ".join(texts)}}
    folder = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in cwd)
    _write(home / "projects" / folder / f"{ID}1.jsonl", [*lines, compacted])


def _calls(text: str) -> list[tuple[str, dict[str, object]]]:
    """One for each form that a call is shown in."""
    return [
        ("Bash", {"command": text, "description": text, text: text}),
        ("Edit", {"file_path": f"/{text}.md", "old_string": text, "new_string": f"{text}\n{text}"}),
        ("TodoWrite", {"todos": [{"content": text, "status": text}]}),
        ("WebFetch", {"url": text, "prompt": text}),
        ("Task", {"description": text, "prompt": text, "subagent_type": text}),
        (text[:200] or "x", {text: {text: [text]}}),
    ]


def codex(home: Path, cwd: str, texts: Sequence[str]) -> None:
    meta = {"id": ID + "2", "cwd": cwd, "originator": "x", "cli_version": "0.150.0", "git": {"branch": texts[0]}}
    lines: list[dict[str, object]] = [{"type": "session_meta", "payload": meta}]

    def item(kind: str, **fields: object) -> None:
        lines.append({"type": "response_item", "payload": {"type": kind, **fields}})

    for number, text in enumerate(texts):
        prompt = text if number else f"Codex {text}"
        item("message", role="user", content=[{"type": "input_text", "text": prompt}])
        lines.append({"type": "event_msg", "payload": {"type": "user_message", "message": prompt}})
        lines.append({"type": "turn_context", "payload": {"cwd": cwd, "model": text}})
        item("reasoning", summary=[{"type": "summary_text", "text": text}])
        item("function_call", name="shell", arguments=json.dumps({"command": ["bash", "-lc", text]}), call_id=text)
        item("function_call_output", call_id=text, output=text)
        patch = f"*** Begin Patch\n*** Update File: {text}\n@@\n-{text}\n+{text}\n*** End Patch"
        item("custom_tool_call", name="apply_patch", input=patch, call_id=f"{text} 2")
        item("message", role="assistant", content=[{"type": "output_text", "text": text}])
        lines.append({"type": "event_msg", "payload": {"type": text, "message": text}})
    stamped = [{"timestamp": _at(number), **line} for number, line in enumerate(lines)]
    _write(home / "sessions" / "2026" / "03" / "02" / f"rollout-2026-03-02T09-00-00-{ID}2.jsonl", stamped)


def hermes(path: Path, cwd: str, texts: Sequence[str]) -> None:
    path.parent.mkdir(parents=True)
    database = HermesDatabase(path)
    session = database.session(cwd=cwd, title="Hermes " + _text(texts[0]), system_prompt=_text(texts[1]))
    for text in map(_text, texts):
        session.prompt(text)
        session.call("terminal", text, command=text)
        session.call(text[:200] or "x", text, **{text or "x": text})
        session.reply(text, reasoning=text)
    database.close()


def openclaw(state: Path, cwd: str, texts: Sequence[str]) -> None:
    session = OpenClawSession(cwd, ID + "4")
    session.begin()
    for number, text in enumerate(map(_text, texts)):
        session.prompt(text if number else f"OpenClaw {text}")
        session.result(session.call("exec", command=text), text)
        session.result(session.call(text[:200] or "x", **{text or "x": text}), text, is_error=True)
        session.say(text)
    agent_database(state).store(session)


def _text(text: str) -> str:
    """As a database takes it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _at(number: int) -> str:
    return AT.format(number // 60 % 60, number % 60)


def _write(path: Path, records: Sequence[object]) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    os.utime(path, (1_772_500_000, 1_772_500_000))


if __name__ == "__main__":
    main()

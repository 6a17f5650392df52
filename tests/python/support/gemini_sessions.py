"""Makes sessions in the shape of Gemini CLI's: logs in which messages are told again. Nothing in them is real.

session = GeminiSession()
session.prompt("run the tests")
session.answer("They pass.", calls=[session.call("run_shell_command", "12 passing", command="npm test")])
session.write(home, cwd="/w/app")
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

MODEL = "gemini-test-1"
ACKNOWLEDGED = "Got it. Thanks for the additional context!"


class GeminiSession:
    """Lines in file order, a second apart."""

    def __init__(self, session_id: str | None = None, *, kind: str = "main", seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.session_id = session_id or self.new_id()
        self.lines: list[bytes] = []
        self.messages: list[dict[str, object]] = []
        """As the agent would send them to the model next."""
        self._time = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
        now = self._now()
        self.record(sessionId=self.session_id, projectHash="0" * 64, startTime=now, lastUpdated=now, kind=kind)

    def data(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.lines)

    def write(
        self, home: Path, cwd: str = "/w/app", *, slug: str = "app", parent: str = "", hashed: bool = False
    ) -> Path:
        """Writes the file where Gemini CLI would; `hashed`: where older versions did, which named no directory."""
        project = home / ".gemini" / "tmp" / (hashlib.sha256(cwd.encode()).hexdigest() if hashed else slug)
        name = f"{self.session_id}.jsonl" if parent else f"session-2026-03-01T09-00-{self.session_id[:8]}.jsonl"
        path = project / "chats" / parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not hashed:
            (project / ".project_root").write_text(cwd, encoding="utf-8")
        path.write_bytes(self.data())
        return path

    def new_id(self) -> str:
        """A reproducible UUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def record(self, **fields: object) -> None:
        """A line with these fields."""
        self.lines.append(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    def change(self, **fields: object) -> None:
        """A `$set`."""
        self.record(**{"$set": fields})

    def message(self, kind: str, content: object, **fields: object) -> str:
        """A message of any kind, and the note that follows it; returns its id."""
        message = {"id": self.new_id(), "timestamp": self._now(), "type": kind, "content": content, **fields}
        self.messages.append(message)
        self.record(**message)
        self.change(lastUpdated=message["timestamp"])
        return str(message["id"])

    def context(self) -> None:
        """What a session begins with."""
        text = "<session_context>\nToday is Sunday.\n</session_context>"
        self.messages.append({"id": "c0", "timestamp": self._now(), "type": "user", "content": [{"text": text}]})
        self.change(messages=self.messages, lastUpdated=self.messages[-1]["timestamp"])

    def prompt(self, text: str, **fields: object) -> str:
        """What a person typed."""
        return self.message("user", [{"text": text}], **fields)

    def call(self, name: str, output: str, *, status: str = "success", **arguments: object) -> dict[str, object]:
        """A call with its result, to be told with an answer."""
        call_id = f"{name}__{self.random.getrandbits(32):08x}"
        response = {"error": output} if status == "error" else {"output": output}
        result = [{"functionResponse": {"id": call_id, "name": name, "response": response}}]
        return {"id": call_id, "name": name, "args": arguments, "result": result, "status": status}

    def answer(
        self,
        text: str,
        *,
        thought: str = "",
        calls: Sequence[dict[str, object]] = (),
        tokens: tuple[int, int, int, int] = (100, 20, 0, 0),
    ) -> str:
        """What the model said; told again with its calls. `tokens`: input with cache, output, cache, thoughts."""
        fresh, output, cached, thoughts = tokens
        counts = {"input": fresh, "output": output, "cached": cached, "thoughts": thoughts, "tool": 0}
        told: dict[str, object] = {"tokens": {**counts, "total": fresh + output + thoughts}, "model": MODEL}
        told["thoughts"] = [{"subject": "Plan", "description": thought}] if thought else []
        message_id = self.message("gemini", text, **told)
        if calls:
            self.messages[-1]["toolCalls"] = list(calls)
            self.record(**self.messages[-1])
            self.message("user", [part for call in calls for part in self._parts(call)])
        return message_id

    def compact(self, summary: str, *, kept: int = 2) -> None:
        """The history told anew: a summary, what Gemini CLI says to it, and the last messages under new ids."""
        now = self._now()
        told = [("user", summary), ("gemini", ACKNOWLEDGED)]
        fresh: list[dict[str, object]] = [
            {"id": self.new_id(), "timestamp": now, "type": kind, "content": [{"text": text}]} for kind, text in told
        ]
        again = [{**message, "id": self.new_id(), "timestamp": now} for message in self.messages[-kept:]]
        self.messages = [*fresh, *again]
        self.change(messages=self.messages, lastUpdated=now)

    def resume(self) -> None:
        """The history told anew as it was."""
        self.change(sessionId=self.session_id)
        self.change(messages=self.messages, lastUpdated=self._now())

    def rewind(self, message_id: str) -> None:
        """Takes a message back, and all after it."""
        self.record(**{"$rewindTo": message_id})

    @staticmethod
    def _parts(call: dict[str, object]) -> list[object]:
        result = call["result"]
        assert isinstance(result, list)
        return result

    def _now(self) -> str:
        self._time += timedelta(seconds=1)
        return self._time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def everything(session_id: str | None = None) -> GeminiSession:
    """A session with each kind of line that is known."""
    made = GeminiSession(session_id)
    made.context()
    made.prompt("Why does the parser fail?")
    search = made.call("grep_search", "src/a.py:1", pattern="def parse", dir_path="src")
    broken = made.call("run_shell_command", "Exit code: 2", status="error", command="make")
    made.answer(
        "I will **look**.", thought="The tokens may be wrong.", calls=[search, broken], tokens=(500, 40, 300, 7)
    )
    asked = made.call("invoke_agent", "Two uses.", agent_name="generalist", prompt="Find all *uses*.")
    made.answer("", calls=[asked, made.call("write_file", "", status="cancelled", file_path="/w/app/a.py")])
    made.message("info", "Switched to a smaller model.")
    made.message("warning", "The quota is nearly used up.")
    made.message("error", "[API Error: overloaded]")
    made.message("user", [{"text": "What is on it?"}, {"inlineData": {"mimeType": "image/png", "data": "aGk="}}])
    mistaken = made.prompt("Delete it all.", displayContent=[{"text": "Delete it all, please."}])
    made.answer("No.", tokens=(700, 3, 600, 0))
    made.rewind(mistaken)
    made.compact("<state_snapshot>The parser fails.</state_snapshot>")
    made.resume()
    made.prompt("Go on.")
    made.answer("Done.", tokens=(200, 9, 0, 0))
    made.change(summary="Repair the parser")
    made.record(**{"$patch": {"kind": "main"}})
    made.record(type="holo-record", beam=3)
    return made

"""Makes transcripts in the shape of Claude Code's: every record type, any size. Nothing in them is real.

transcript = Transcript(cwd="/w/app")
transcript.prompt("run the tests")
call = transcript.call("Bash", command="npm test")
transcript.result(call, "12 passing")
transcript.write(config_dir)
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from session_mirror.harness.claude.paths import encode_path

MODEL = "claude-test-1"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WORDS = [
    "order",
    "invoice",
    "retry",
    "parser",
    "cache",
    "index",
    "token",
    "queue",
    "widget",
    "layout",
    "socket",
    "migration",
    "fixture",
    "banner",
]


def session_path(config_dir: Path, cwd: str, session_id: str) -> Path:
    """Where Claude Code would write a session."""
    return config_dir / "projects" / encode_path(cwd) / f"{session_id}.jsonl"


class Transcript:
    """Records in file order, chained by uuid as the agent chains them; without a clock, a second apart."""

    def __init__(
        self,
        cwd: str = "/w/app",
        session_id: str | None = None,
        *,
        seed: int = 0,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.random = random.Random(seed)
        self.cwd = cwd
        """Of the records to come; where the file lies was decided at the start."""
        self._started_in = cwd
        self.session_id = session_id or self.new_id()
        self.lines: list[bytes] = []
        self._parent: str | None = None
        self._time = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
        self._clock = clock or self._next_second

    def data(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.lines)

    def write(self, config_dir: Path) -> Path:
        """Writes the file where Claude Code would."""
        path = session_path(config_dir, self._started_in, self.session_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.data())
        return path

    def new_id(self) -> str:
        """A reproducible UUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def raw(self, line: bytes) -> None:
        """A line as it is; its line feed is added."""
        self.lines.append(line + b"\n")

    def record(self, record_type: str, /, **fields: object) -> None:
        """A record without envelope, as metadata is written."""
        self.raw(json.dumps({"type": record_type, **fields}, ensure_ascii=False, separators=(",", ":")).encode())

    def enveloped(self, record_type: str, /, **fields: object) -> str:
        """A record of the conversation; returns its uuid."""
        record_id = self.new_id()
        envelope = {
            "parentUuid": self._parent,
            "isSidechain": False,
            "userType": "external",
            "cwd": self.cwd,
            "sessionId": self.session_id,
            "version": "2.1.300",
            "gitBranch": "main",
            "uuid": record_id,
            "timestamp": self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        self.record(record_type, **{**envelope, **fields})
        self._parent = record_id
        return record_id

    def metadata(self, record_type: str, /, **fields: object) -> None:
        """A metadata record: no time, no uuid, no directory."""
        self.record(record_type, **{"sessionId": self.session_id, **fields})

    def prompt(self, text: str, *, images: int = 0, **fields: object) -> str:
        """What a person typed."""
        picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
        blocks = [picture] * images + ([{"type": "text", "text": text}] if text else [])
        return self.enveloped("user", message={"role": "user", "content": blocks if images else text}, **fields)

    def command(self, name: str, arguments: str = "") -> str:
        """A slash command as it is stored."""
        return self.prompt(
            f"<command-name>/{name}</command-name>\n<command-message>{name}</command-message>\n"
            f"<command-args>{arguments}</command-args>"
        )

    def assistant(self, *blocks: dict[str, object], **fields: object) -> str:
        """A line of a response with these content blocks."""
        message = {
            "id": "msg_" + self.new_id()[:8],
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": list(blocks),
            "usage": {"input_tokens": 12, "output_tokens": 5},
        }
        return self.enveloped("assistant", **{"message": message, "requestId": "req_" + self.new_id()[:8], **fields})

    def reply(self, text: str) -> str:
        """What the agent answered."""
        return self.assistant({"type": "text", "text": text})

    def thinking(self, text: str) -> str:
        """What the agent thought; recent versions store an empty text."""
        return self.assistant({"type": "thinking", "thinking": text, "signature": "c2lnbmF0dXJl"})

    def call(self, name: str, /, **arguments: object) -> str:
        """A tool call; returns its id."""
        call_id = "toolu_" + self.new_id()[:12]
        self.assistant({"type": "tool_use", "id": call_id, "name": name, "input": arguments})
        return call_id

    def result(
        self, call_id: str, content: object, *, is_error: bool | None = None, tool_use_result: object = None
    ) -> str:
        """The answer to a call: a string or content blocks."""
        block: dict[str, object] = {"type": "tool_result", "tool_use_id": call_id, "content": content}
        if is_error is not None:
            block["is_error"] = is_error
        extra = {} if tool_use_result is None else {"toolUseResult": tool_use_result}
        return self.enveloped("user", message={"role": "user", "content": [block]}, **extra)

    def attachment(self, attachment_type: str, /, **fields: object) -> str:
        """Something attached to the conversation by the agent."""
        return self.enveloped("attachment", attachment={"type": attachment_type, **fields})

    def system(self, subtype: str, **fields: object) -> str:
        """A note of the agent."""
        return self.enveloped("system", subtype=subtype, **fields)

    def compaction(self, summary: str = "So far the parser was repaired.") -> None:
        """A boundary and the summary that follows it."""
        logical, self._parent = self._parent, None
        self.system(
            "compact_boundary",
            content="Conversation compacted",
            logicalParentUuid=logical,
            compactMetadata={"trigger": "auto", "preTokens": 155000, "postTokens": 21000},
        )
        self.prompt(summary, isCompactSummary=True, isVisibleInTranscriptOnly=True)

    def turn(self, words: int = 12) -> None:
        """A prompt, a thought, a call with its result, and a reply."""
        self.prompt(f"Please look at the {self.text(2)}.")
        self.thinking(f"The {self.text(3)} may be wrong.")
        self.result(self.call("Bash", command=f"grep -r {self.text(1)} src"), self.text(words))
        self.reply(f"The **{self.text(1)}** needs `{self.text(1)}`: {self.text(words)}.")

    def text(self, words: int) -> str:
        """Reproducible words."""
        return " ".join(self.random.choices(WORDS, k=words))

    def _next_second(self) -> datetime:
        self._time += timedelta(seconds=1)
        return self._time


def every_record_type(cwd: str = "/w/app", session_id: str | None = None) -> Transcript:
    """One transcript with each type of record, block, attachment and wrapper that is known."""
    made = Transcript(cwd, session_id)
    made.record("file-history-snapshot", messageId=made.new_id(), snapshot={}, isSnapshotUpdate=False)
    made.metadata("permission-mode", permissionMode="default")
    made.metadata("queue-operation", operation="enqueue", content="and then?", timestamp="2026-03-01T09:00:00.000Z")
    made.prompt("<system-reminder>Today is Sunday.</system-reminder>", isMeta=True)
    made.prompt("<ide_opened_file>The user opened /w/app/a.py</ide_opened_file>\nWhy does the parser fail?")
    made.attachment("total_tokens_reminder", used=1200, total=200000)
    made.thinking("The tokens come in another order.")
    made.assistant({"type": "redacted_thinking", "data": "b3BhcXVl"})
    made.reply("I will look at the parser.")
    read, search = made.call("Read", file_path="/w/app/a.py"), made.call("Grep", pattern="def parse", path="src")
    made.result(read, "1\tdef parse():", tool_use_result={"type": "text"})
    made.result(search, [{"type": "text", "text": "src/a.py:1"}, {"type": "tool_reference", "tool_name": "Read"}])
    shot = made.call("mcp__browser__screenshot", url="http://127.0.0.1/")
    made.result(shot, [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}])
    made.result(made.call("Bash", command="make", description="Build"), "Exit code 2", is_error=True)
    made.result(made.call("Bash", command="true"), "", tool_use_result="Error: interrupted")
    made.result(made.call("TodoWrite", todos=[{"content": "fix", "status": "pending"}]), "ok")
    made.result(
        made.call("Task", description="Find uses", subagent_type="explore", prompt="Find all *uses*."), "2 uses"
    )
    made.assistant({"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "parsers"}})
    made.assistant({"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": [{"title": "Parsers"}]})
    made.attachment("queued_command", prompt="also the lexer", commandMode="prompt")
    made.attachment("hook_success", hookName="Stop", content="checked", exitCode=0)
    made.command("review", "src")
    made.prompt("<local-command-stdout>done</local-command-stdout>")
    made.prompt("[Request interrupted by user]")
    made.prompt("What is on this picture?", images=2)
    made.system("turn_duration", durationMs=4200)
    made.system("api_error", level="error", error={"status": 529, "message": "Overloaded"})
    made.assistant({"type": "text", "text": "API Error: 529"}, isApiErrorMessage=True, error="overloaded")
    made.system("local_command", content="<local-command-stdout>ok</local-command-stdout>")
    made.compaction()
    made.prompt("Status?", isSidechain=True, agentId="a1b2c3")
    made.enveloped("progress", data={"type": "hook_progress"}, toolUseID="toolu_1")
    for record_type, fields in METADATA.items():
        made.metadata(record_type, **fields)
    made.record("summary", summary="Repairing the parser", leafUuid=made._parent)
    return made


METADATA: dict[str, dict[str, object]] = {
    "ai-title": {"aiTitle": "Repair the parser"},
    "custom-title": {"customTitle": "Parser work"},
    "tag": {"tag": "work"},
    "agent-name": {"agentName": "main"},
    "agent-color": {"agentColor": "blue"},
    "agent-setting": {"agentSetting": "x"},
    "pr-link": {"prNumber": 7, "prUrl": "https://example.invalid/7"},
    "mode": {"mode": "normal"},
    "bridge-session": {"bridgeSessionId": "b"},
    "relocated": {"relocatedCwd": "/w/moved"},
    "cost-state": {"cost": 0.1},
    "worktree-state": {"worktreeSession": None},
    "ended-by-model": {},
    "atis-latch": {"latched": True},
    "file-history-delta": {"messageId": "m"},
    "last-prompt": {"lastPrompt": "Status?"},
    "continued-in": {"continuedInSessionId": "c"},
    "api-request": {"requestId": "r"},
    "api-request-blob": {"blob": "b"},
    "api-request-shape": {"shape": []},
    "content-replacement": {"replacements": []},
    "fork-context-ref": {"ref": "f"},
    "frame-link": {"link": "l"},
    "tools-used": {"tools": ["Bash"]},
}


def lines_of_size(total_bytes: int, *, seed: int = 0, cwd: str = "/w/app") -> Iterator[bytes]:
    """Lines of ordinary turns until about this many bytes were given; memory stays small."""
    made = Transcript(cwd, seed=seed)
    given = 0
    while given < total_bytes:
        made.turn(words=60)
        for line in made.lines:
            yield line
            given += len(line)
        made.lines.clear()


def long_line(size: int) -> bytes:
    """One tool result of about this many bytes, line feed included."""
    made = Transcript()
    made.result("toolu_long", "x" * size)
    return made.data()

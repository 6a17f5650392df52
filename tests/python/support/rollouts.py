"""Makes rollouts in the shape of Codex's: both eras, sub-agents, forks, reverts, compressed ones. Nothing in them is
real.

rollout = Rollout(cwd="/w/app")
rollout.prompt("run the tests")
call = rollout.call("exec_command", cmd="npm test")
rollout.result(call, "12 passing")
rollout.write(codex_home)
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

from support.compression import compressed as zstandard

VERSION = "0.999.0"
MODEL = "codex-test-1"
Era = Literal["legacy", "paginated"]


class Usage:
    """Tokens as Codex counts them: input with what came from the cache, output with reasoning."""

    def __init__(self) -> None:
        self.total: dict[str, int] = dict.fromkeys(
            ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens"), 0
        )

    def add(self, spent: int, cached: int, output: int, reasoning: int) -> dict[str, int]:
        """One more response; what it cost."""
        usage = dict(zip(self.total, (spent, cached, output, reasoning, spent + output), strict=True))
        self.total = {name: self.total[name] + usage[name] for name in usage}
        return usage


class Rollout:
    """Lines in file order, a second apart; `era` is how Codex keeps the history: newer ones number their lines."""

    def __init__(
        self,
        cwd: object = "/w/app",
        thread_id: str | None = None,
        *,
        era: Era = "paginated",
        began: str = "2026-03-01T09-00-00",
        revert_id: str = "",
        seed: int = 0,
        version: str = VERSION,
        minutes: int = 0,
        first_ordinal: int = 0,
        **meta: object,
    ) -> None:
        """`meta` are more fields of the first line; `minutes` is how much later than others it begins."""
        self.random = random.Random(f"{seed} {thread_id}")
        self._time = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc) + timedelta(minutes=minutes)
        self.thread_id = thread_id or self.new_id()
        self.turn_id = self.new_id()
        self.began = began
        self.era: Era = era
        self.lines: list[bytes] = []
        self.usage = Usage()
        self.first_ordinal = first_ordinal
        self._revert_id = revert_id
        self.record(
            "session_meta",
            id=self.thread_id,
            session_id=self.thread_id,
            timestamp=self._now(),
            cwd=cwd,
            cli_version=version,
            model_provider="test",
            base_instructions={"text": "Be brief. " * 2500},
            **({"history_mode": "paginated"} if era == "paginated" else {}),
            **{"source": "cli", "originator": "codex_test", **meta},
        )

    @property
    def name(self) -> str:
        """The file's."""
        return f"rollout-{self.began}-{self.thread_id}{'_' * bool(self._revert_id)}{self._revert_id}.jsonl"

    @property
    def rollout_id(self) -> str:
        """What others call it that go on from a place in it."""
        return self._revert_id or self.thread_id

    def data(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.lines)

    def path(self, home: Path, *, archived: bool = False) -> Path:
        """Where Codex would write it."""
        year, month, day = self.began[:10].split("-")
        return (
            home / "archived_sessions" / self.name if archived else home / "sessions" / year / month / day / self.name
        )

    def write(self, home: Path, *, archived: bool = False, compressed: bool = False) -> Path:
        """Writes the file where Codex would."""
        path = self.path(home, archived=archived)
        path.parent.mkdir(parents=True, exist_ok=True)
        if compressed:
            path = path.with_name(path.name + ".zst")
        path.write_bytes(zstandard(self.data()) if compressed else self.data())
        return path

    def new_id(self) -> str:
        """A reproducible UUID of version 7: it sorts by the time that it is made at."""
        milliseconds = int(self._time.timestamp() * 1000)
        number = uuid.UUID(int=(milliseconds << 80) | self.random.getrandbits(80), version=4).hex
        return str(uuid.UUID(hex=f"{number[:12]}7{number[13:]}"))

    def wait(self, minutes: int) -> None:
        """Time passes."""
        self._time += timedelta(minutes=minutes)

    @property
    def minutes(self) -> int:
        """How much later than others the next line is."""
        return (self._time - datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)) // timedelta(minutes=1)

    def adopt(self, lines: Sequence[bytes]) -> None:
        """Copies of another thread's lines, all within one second, numbered anew."""
        for line in lines:
            record = json.loads(line)
            record["timestamp"] = self._time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            if "ordinal" in record:
                record["ordinal"] = self.first_ordinal + len(self.lines)
            self.raw(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))

    def raw(self, line: bytes) -> None:
        """A line as it is; its line feed is added."""
        self.lines.append(line + b"\n")

    def record(self, kind: str, /, **payload: object) -> None:
        """One line."""
        numbered = {"ordinal": self.first_ordinal + len(self.lines)} if self.era == "paginated" else {}
        line = {"timestamp": self._now(), **numbered, "type": kind, "payload": payload}
        self.raw(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))

    def item(self, kind: str, /, **fields: object) -> None:
        """A `response_item`."""
        self.record("response_item", type=kind, **fields)

    def event(self, kind: str, /, **fields: object) -> None:
        """An `event_msg`."""
        self.record("event_msg", type=kind, **fields)

    def completed(self, kind: str, /, **fields: object) -> None:
        """What newer versions say for their screen in place of the older `event_msg` kinds."""
        self.event("item_completed", thread_id=self.thread_id, turn_id=self.turn_id, item={"type": kind, **fields})

    def begin(self) -> None:
        """What stands before the first prompt: instructions, the environment, the turn's context."""
        self.start_turn()
        self._message("developer", "<permissions instructions>\nAnything goes.\n</permissions instructions>")
        environment = "<environment_context>\n  <cwd>/w/app</cwd>\n</environment_context>"
        self._message("user", environment, kind="environments.context")

    def start_turn(self, model: str = MODEL) -> None:
        """A new turn, with its context."""
        self.turn_id = self.new_id()
        self.event("task_started", turn_id=self.turn_id)
        self.record("turn_context", turn_id=self.turn_id, cwd="/w/app", model=model, effort="high")

    def prompt(self, text: str) -> None:
        """A prompt, and its repetition for the screen."""
        self._message("user", text, kind="user.text")
        if self.era == "legacy":
            self.event("user_message", message=text, images=[])
        else:
            self.completed("UserMessage", content=[{"type": "text", "text": text}])

    def think(self, text: str) -> None:
        """A summary of reasoning, and its repetition."""
        if self.era == "legacy":
            self.event("agent_reasoning", text=text)
        else:
            self.completed("Reasoning", summary_text=[text])
        self.item("reasoning", summary=[{"type": "summary_text", "text": text}], encrypted_content="c2VjcmV0")

    def reply(self, text: str) -> None:
        """A reply, and its repetition."""
        if self.era == "legacy":
            self.event("agent_message", message=text)
        else:
            self.completed("AgentMessage", content=[{"type": "Text", "text": text}])
        self._message("assistant", text)

    def call(self, name: str, /, **arguments: object) -> str:
        """A function call; returns its id."""
        call_id = f"call_{self.random.getrandbits(48):012x}"
        self.item("function_call", name=name, arguments=json.dumps(arguments), call_id=call_id)
        return call_id

    def result(self, call_id: str, output: object) -> None:
        """The call's result, and its repetition."""
        if self.era == "legacy":
            self.event("exec_command_end", call_id=call_id, aggregated_output="", exit_code=0)
        else:
            self.completed("CommandExecution", id=call_id, exit_code=0)
        self.item("function_call_output", call_id=call_id, output=output)

    def count_tokens(self, spent: int = 100, *, cached: int = 0, output: int = 9, reasoning: int = 0) -> None:
        """Token counts as both eras keep them."""
        usage = self.usage.add(spent, cached, output, reasoning)
        if self.era == "paginated":
            told: dict[str, object] = {"response_id": f"resp_{self.random.getrandbits(48):012x}", "usage": usage}
            self.record("token_usage_record", thread_id=self.thread_id, turn_id=self.turn_id, **told)
        self.event("token_count", info={"last_token_usage": usage, "total_token_usage": self.usage.total})

    def turn(self, number: int = 1) -> None:
        """A prompt with all that answers it."""
        self.prompt(f"do step {number}")
        self.think(f"thinking of step {number}")
        self.result(self.call("exec_command", cmd=f"echo {number}"), f"Process exited with code 0\nOutput:\n{number}\n")
        self.count_tokens()
        self.reply(f"Step {number} is done.")
        self.event("task_complete", turn_id=self.turn_id, last_agent_message="done")

    def _message(self, role: str, text: str, *, kind: str = "unknown") -> None:
        content = [{"type": "output_text" if role == "assistant" else "input_text", "text": text}]
        passed = {"turn_id": self.turn_id, "content_item_kinds": [kind]}
        labels: dict[str, object] = {"internal_chat_message_metadata_passthrough": passed}
        self.item("message", role=role, content=content, **(labels if self.era == "paginated" else {}))

    def _now(self) -> str:
        self._time += timedelta(seconds=1)
        return self._time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sub_agent(
    parent: Rollout, nickname: str = "Ada", *, copies: int = 0, agent_role: str | None = None, cwd: object = "/w/app"
) -> Rollout:
    """The rollout of an agent that another thread spawned; it begins with that many copied lines of its parent's."""
    spawned = {"parent_thread_id": parent.thread_id, "depth": 1, "agent_nickname": nickname, "agent_role": agent_role}
    made = Rollout(
        cwd,
        seed=sum(nickname.encode()),
        era=parent.era,
        minutes=5,
        began="2026-03-01T09-05-00",
        source={"subagent": {"thread_spawn": spawned}},
        thread_source="subagent",
        parent_thread_id=parent.thread_id,
        agent_nickname=nickname,
        subagent_history_start_ordinal=copies + 1 if copies and parent.era == "paginated" else None,
    )
    made.adopt(parent.lines[:copies])
    return made


def fork(parent: Rollout, *, thread_id: str | None = None) -> Rollout:
    """A fork that begins with copies of all of its parent's lines, and goes on counting where the parent was."""
    made = Rollout(
        thread_id=thread_id,
        era=parent.era,
        minutes=parent.minutes + 5,
        began="2026-03-01T09-05-00",
        forked_from_id=parent.thread_id,
    )
    made.adopt(parent.lines)
    made.usage.total = dict(parent.usage.total)
    return made


def going_on(base: Rollout, lines: int, *, revert_id: str = "", cwd: object = "/w/app", minutes: int = 5) -> Rollout:
    """What a revert writes, or, without its id, a fork that refers to its parent: lines after some of another's."""
    begins = {
        "thread_id": base.rollout_id,
        "end_ordinal_exclusive": base.first_ordinal + lines,
        "end_byte_offset": len(b"".join(base.lines[:lines])),
    }
    made = Rollout(
        cwd,
        base.thread_id if revert_id else None,
        began=f"2026-03-01T09-{minutes:02d}-00",
        revert_id=revert_id,
        minutes=minutes,
        first_ordinal=base.first_ordinal + lines,
        history_base=begins,
        forked_from_id=None if revert_id else base.thread_id,
    )
    made.usage.total = dict(base.usage.total)
    return made

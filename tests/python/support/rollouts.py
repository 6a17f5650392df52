"""Makes rollouts in the shape of Codex's: both eras, sub-agents, reverts, compressed ones. Nothing in them is real.

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
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

from support.compression import compressed as zstandard

VERSION = "0.999.0"
MODEL = "codex-test-1"
Era = Literal["legacy", "paginated"]


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
        **meta: object,
    ) -> None:
        """`meta` are more fields of the first line."""
        self.random = random.Random(f"{seed} {thread_id}")
        self.thread_id = thread_id or self.new_id()
        self.began = began
        self.era: Era = era
        self.lines: list[bytes] = []
        self._revert_id = revert_id
        self._time = datetime(2026, 3, 1, 9, 0, tzinfo=timezone.utc)
        self.record(
            "session_meta",
            id=self.thread_id,
            session_id=self.thread_id,
            timestamp=self._now(),
            cwd=cwd,
            originator="codex_test",
            cli_version=VERSION,
            model_provider="test",
            base_instructions={"text": "Be brief. " * 2500},
            **({"history_mode": "paginated"} if era == "paginated" else {}),
            **{"source": "cli", **meta},
        )

    @property
    def name(self) -> str:
        """The file's."""
        return f"rollout-{self.began}-{self.thread_id}{'_' * bool(self._revert_id)}{self._revert_id}.jsonl"

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
        """A reproducible UUID."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def raw(self, line: bytes) -> None:
        """A line as it is; its line feed is added."""
        self.lines.append(line + b"\n")

    def record(self, kind: str, /, **payload: object) -> None:
        """One line."""
        numbered = {"ordinal": len(self.lines)} if self.era == "paginated" else {}
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
        self.event("item_completed", thread_id=self.thread_id, turn_id="t1", item={"type": kind, **fields})

    def begin(self) -> None:
        """What stands before the first prompt: instructions, the environment, the turn's context."""
        self.event("task_started", turn_id="t1")
        self._message("developer", "<permissions instructions>\nAnything goes.\n</permissions instructions>")
        environment = "<environment_context>\n  <cwd>/w/app</cwd>\n</environment_context>"
        self._message("user", environment, kind="environments.context")
        self.record("turn_context", turn_id="t1", cwd="/w/app", model=MODEL, effort="high")

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

    def count_tokens(self, spent: int = 100) -> None:
        """Token counts as both eras keep them."""
        usage = {"input_tokens": spent, "cached_input_tokens": 0, "output_tokens": 9, "total_tokens": spent + 9}
        if self.era == "paginated":
            self.record("token_usage_record", thread_id=self.thread_id, usage=usage)
        self.event("token_count", info={"last_token_usage": usage, "total_token_usage": usage})

    def turn(self, number: int = 1) -> None:
        """A prompt with all that answers it."""
        self.prompt(f"do step {number}")
        self.think(f"thinking of step {number}")
        self.result(self.call("exec_command", cmd=f"echo {number}"), f"Process exited with code 0\nOutput:\n{number}\n")
        self.count_tokens()
        self.reply(f"Step {number} is done.")
        self.event("task_complete", turn_id="t1", last_agent_message="done")

    def _message(self, role: str, text: str, *, kind: str = "unknown") -> None:
        content = [{"type": "output_text" if role == "assistant" else "input_text", "text": text}]
        labels: dict[str, object] = {"internal_chat_message_metadata_passthrough": {"content_item_kinds": [kind]}}
        self.item("message", role=role, content=content, **(labels if self.era == "paginated" else {}))

    def _now(self) -> str:
        self._time += timedelta(seconds=1)
        return self._time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sub_agent(parent: Rollout, nickname: str = "Ada", *, own_from: int = 0) -> Rollout:
    """The rollout of an agent that another thread spawned; lines before `own_from` are the parent's."""
    spawned = {"parent_thread_id": parent.thread_id, "depth": 1, "agent_nickname": nickname, "agent_role": None}
    return Rollout(
        thread_id=parent.new_id(),
        began="2026-03-01T09-05-00",
        source={"subagent": {"thread_spawn": spawned}},
        thread_source="subagent",
        parent_thread_id=parent.thread_id,
        agent_nickname=nickname,
        subagent_history_start_ordinal=own_from,
    )

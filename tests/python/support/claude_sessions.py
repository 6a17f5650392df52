"""Conversations as the versions of Claude Code wrote them, and what happens to their files. Nothing in them is real.

Each maker gives lines with totals that can be computed by hand: they stand beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from support.transcripts import Transcript


@attrs.frozen
class Totals:
    """What a conversation adds up to: counted by hand."""

    input: int
    output: int
    cache_read: int = 0
    cache_write: int = 0
    responses: int = 0
    prompts: tuple[str, ...] = ()
    tools: tuple[tuple[str, int], ...] = ()


def answer(
    made: Transcript,
    message_id: str,
    *blocks: dict[str, object],
    request: str | None = "req",
    usages: Iterable[dict[str, object]],
    model: str = "claude-m",
    **fields: object,
) -> None:
    """One response, a line for each block, each with the usage known by then; `request` None: a gateway's."""
    for block, usage in zip(blocks, usages, strict=True):
        message = {"id": message_id, "role": "assistant", "model": model, "content": [block], "usage": usage}
        told = {} if request is None else {"requestId": f"{request}_{message_id}"}
        made.enveloped("assistant", message=message, **{**told, **fields})


def said(text: str) -> dict[str, object]:
    """A block of text."""
    return {"type": "text", "text": text}


def called(call_id: str, name: str, **arguments: object) -> dict[str, object]:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def used(fresh: int, output: int, **more: object) -> dict[str, object]:
    """A `usage` object."""
    return {"input_tokens": fresh, "output_tokens": output, **more}


def early(made: Transcript) -> Totals:
    """Version 1.0: foreign summaries first, a sub-agent inline as a side chain, no metadata."""
    made.record("summary", summary="Somebody else's work", leafUuid="elsewhere")
    made.prompt("find the bug")
    answer(made, "m1", said("I look."), called("t1", "Task", prompt="look"), usages=[used(10, 1), used(10, 40)])
    made.prompt("look", isSidechain=True)
    answer(made, "s1", said("found"), usages=[used(7, 5)], isSidechain=True)
    made.result("t1", "found")
    answer(made, "m2", said("Here it is."), usages=[used(20, 9, cache_read_input_tokens=100)])
    return Totals(
        input=10 + 7 + 20,
        output=40 + 5 + 9,
        cache_read=100,
        responses=3,
        prompts=("find the bug",),
        tools=(("Task", 1),),
    )


def modern(made: Transcript) -> Totals:
    """Version 2.1: metadata, parallel calls, a queued prompt, an overload, a compaction, a made-up message."""
    made.metadata("mode", mode="normal")
    made.metadata("queue-operation", operation="enqueue", content="go", timestamp="2026-03-01T09:00:00.000Z")
    made.prompt("go", promptSource="typed", origin={"kind": "human"})
    written = {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 12}
    answer(
        made,
        "m1",
        {"type": "thinking", "thinking": "", "signature": "c2ln"},
        called("t1", "Bash", command="make"),
        called("t2", "Bash", command="make test"),
        usages=[used(3, 2), used(3, 2), used(3, 80, cache_creation=written, cache_creation_input_tokens=42)],
    )
    made.result("t1", "ok", tool_use_result={"stdout": "ok", "stderr": ""})
    made.attachment("queued_command", prompt="and the docs", commandMode="prompt")
    made.result("t2", "ok")
    made.attachment(
        "queued_command", prompt="<task-notification>7</task-notification>", commandMode="task-notification"
    )
    made.system("api_error", level="error", error={"status": 529})
    answer(made, "m2", said("Overloaded."), usages=[used(0, 0)], model="<synthetic>", isApiErrorMessage=True)
    answer(made, "m3", said("Done."), usages=[used(5, 6, cache_read_input_tokens=1000)])
    made.compaction()
    made.prompt("<system-reminder>named</system-reminder>", isMeta=True)
    made.prompt("[Request interrupted by user]")
    made.command("review", "src")
    answer(made, "m4", said("Fine."), usages=[used(1, 2, cache_creation=written)])
    made.metadata("last-prompt", lastPrompt="/review src", leafUuid="x")
    return Totals(
        input=3 + 5 + 1,
        output=80 + 6 + 2,
        cache_read=1000,
        cache_write=42 + 42,
        responses=3,
        prompts=("go", "and the docs", "/review src"),
        tools=(("Bash", 2),),
    )


def gateway(made: Transcript) -> Totals:
    """Through a third party: no request ids, and the last usage is the whole one."""
    made.prompt("go")
    answer(made, "g1", said("a"), said("b"), usages=[used(4, 1), used(4, 9)], request=None)
    answer(made, "g2", said("c"), usages=[used(6, 3)], request=None)
    return Totals(input=4 + 6, output=9 + 3, responses=2, prompts=("go",))


ERAS: dict[str, Callable[[Transcript], Totals]] = {"early": early, "modern": modern, "gateway": gateway}


def records_of(made: Transcript) -> list[dict[str, object]]:
    """The lines as objects."""
    return [json.loads(line) for line in made.lines]


def line_of(record: dict[str, object]) -> bytes:
    """A record as it is written, its line feed included."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def forked(made: Transcript, session_id: str, **stamp: object) -> list[bytes]:
    """A fork, a background hand-off or an old resume: the chain under another session id; the rest isn't copied."""
    copied = [record for record in records_of(made) if "uuid" in record]
    return [line_of({**record, "sessionId": session_id, **stamp}) for record in copied]


def rewritten(made: Transcript, changed: Callable[[dict[str, object]], dict[str, object]]) -> list[bytes]:
    """As some desktop builds do after a compaction: earlier records once more, same uuid, same time."""
    again = [changed(record) for record in records_of(made) if "uuid" in record]
    return [*made.lines, *map(line_of, again)]


def side_log(made: Transcript) -> list[bytes]:
    """A question asked beside the conversation: its messages once more, as a side chain, of other requests."""
    copied = [record for record in records_of(made) if "uuid" in record]
    return [
        line_of({**record, "uuid": f"side-{record['uuid']}", "isSidechain": True, "requestId": f"side-{number}"})
        for number, record in enumerate(copied)
    ]


def sub_agent(parent: Transcript, agent_id: str, task: str = "Find uses") -> Transcript:
    """A sub-agent's own conversation: all of it side chain, under the parent's session id."""
    made = Transcript(parent.cwd, parent.session_id, seed=hash(agent_id) & 0xFFFF)
    made.prompt(task, isSidechain=True, agentId=agent_id)
    answer(made, f"m-{agent_id}", said("2 uses"), usages=[used(11, 4)], isSidechain=True, agentId=agent_id)
    return made


def write_sub_agent(directory: Path, made: Transcript, agent_id: str, sidecar: dict[str, object] | None = None) -> Path:
    """Writes it into a directory, with its sidecar."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"agent-{agent_id}.jsonl"
    path.write_bytes(made.data())
    if sidecar is not None:
        (directory / f"agent-{agent_id}.meta.json").write_text(json.dumps(sidecar))
    return path

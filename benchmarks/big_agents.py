"""Lines of large sessions as each agent writes them: a prompt, then calls with results of up to three and a half kB."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Final

_RESULT: Final = "line of output\n" * 250
_CALLS: Final = 30
"""In a turn."""
_Record = dict[str, object]


def claude_code() -> Iterator[_Record]:
    number = 1
    while True:
        yield _claude(number, "user", f"please do the thing number {number}", None)
        for _ in range(_CALLS):
            number += 2
            call = {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": {"command": f"cat {number}"}}
            yield _claude(number - 1, "assistant", [call], f"msg_{number}")
            result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": _result(number)}
            yield _claude(number, "user", [result], None)
        number += 1


def _claude(number: int, role: str, content: object, message_id: str | None) -> _Record:
    message: _Record = {"role": role, "content": content}
    if message_id is not None:
        usage = {"input_tokens": 3, "output_tokens": 40, "cache_read_input_tokens": 1000}
        message |= {"id": message_id, "model": "claude-x", "usage": usage}
    return {
        "type": role,
        "uuid": _uuid(number),
        "parentUuid": _uuid(number - 1) if number > 1 else None,
        "sessionId": "s",
        "cwd": "/home/ada/app",
        "timestamp": _time(number),
        "requestId": f"req_{number}",
        "isSidechain": False,
        "message": message,
    }


def codex() -> Iterator[_Record]:
    """Most things are told twice, to the model and to the screen."""
    ordinals = count(1)
    counts = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")

    def record(kind: str, **payload: object) -> _Record:
        ordinal = next(ordinals)
        return {"timestamp": _time(ordinal), "ordinal": ordinal, "type": kind, "payload": payload}

    yield record("session_meta", id=_uuid(0), session_id=_uuid(0), cwd="/home/ada/app", cli_version="0.999.0")
    for turn in count():
        text = f"please do the thing number {turn}"
        yield record("event_msg", type="task_started", turn_id=_uuid(turn))
        yield record("turn_context", turn_id=_uuid(turn), cwd="/home/ada/app", model="codex-x")
        yield record("response_item", type="message", role="user", content=[{"type": "input_text", "text": text}])
        item: _Record = {"type": "UserMessage", "content": [{"type": "text", "text": text}]}
        yield record("event_msg", type="item_completed", turn_id=_uuid(turn), item=item)
        for call in range(_CALLS * turn, _CALLS * (turn + 1)):
            call_id, asked = f"call_{call}", json.dumps({"cmd": f"cat {call}"})
            yield record("response_item", type="function_call", name="exec_command", arguments=asked, call_id=call_id)
            item = {"type": "CommandExecution", "id": call_id, "command": asked, "exit_code": 0}
            yield record("event_msg", type="item_completed", turn_id=_uuid(turn), item=item)
            yield record("response_item", type="function_call_output", call_id=call_id, output=_result(call))
            usage = dict(zip(counts, (100, 80, 9, 0, 109), strict=True))
            yield record("token_usage_record", turn_id=_uuid(turn), response_id=f"resp_{call}", usage=usage)
            total = {name: spent * (call + 1) for name, spent in usage.items()}
            info = {"last_token_usage": usage, "total_token_usage": total}
            yield record("event_msg", type="token_count", info=info)
        yield record("event_msg", type="task_complete", turn_id=_uuid(turn))


def gemini_cli() -> Iterator[_Record]:
    """A message is told again once its calls are answered."""
    yield {"sessionId": _uuid(0), "projectHash": "0" * 64, "startTime": _time(0), "kind": "main"}
    for turn in count(1):
        text = f"please do the thing number {turn}"
        yield {"id": _uuid(turn), "timestamp": _time(turn), "type": "user", "content": [{"text": text}]}
        for number in range(_CALLS * turn, _CALLS * (turn + 1)):
            tokens = {"input": 500, "output": 40, "cached": 300, "thoughts": 7, "tool": 0, "total": 547}
            message: _Record = {"id": f"m-{number}", "timestamp": _time(number), "type": "gemini", "content": "I look."}
            message |= {"tokens": tokens, "model": "gemini-x", "thoughts": []}
            yield message
            call_id = f"run_shell_command__{number}"
            answer = {"functionResponse": {"id": call_id, "response": {"output": _result(number)}}}
            call = {"id": call_id, "name": "run_shell_command", "args": {"command": f"cat {number}"}}
            yield {**message, "toolCalls": [{**call, "result": [answer], "status": "success"}]}
            yield {"$set": {"lastUpdated": _time(number)}}


def hermes() -> Iterator[_Record]:
    """Rows; a tenth of them, which the agent changed since, are told again."""
    ids = count(1)

    def row(role: str, **columns: object) -> _Record:
        number = next(ids)
        empty = dict.fromkeys(("tool_call_id", "tool_calls", "tool_name", "token_count", "finish_reason", "reasoning"))
        told = {"id": number, "session_id": "s", "role": role, "content": "", **empty, "timestamp": 1.7e9 + number}
        return {**told, "observed": 0, "active": 1, "compacted": 0, **columns}

    for turn in count():
        yield row("user", content=f"please do the thing number {turn}")
        for number in range(_CALLS * turn, _CALLS * (turn + 1)):
            function = {"name": "terminal", "arguments": json.dumps({"command": f"cat {number}"})}
            calls = json.dumps([{"id": f"c{number}", "type": "function", "function": function}])
            yield row("assistant", tool_calls=calls)
            answer = row("tool", content=_result(number), tool_call_id=f"c{number}", tool_name="terminal")
            yield answer
            if number % 5 == 0:
                yield {**answer, "token_count": 9}
        yield row("assistant", content=f"Thing {turn} is done.")


def openclaw() -> Iterator[_Record]:
    numbers = count(1)
    yield {"type": "session", "version": 3, "id": _uuid(0), "timestamp": _time(0), "cwd": "/home/ada/app"}

    def entry(role: str, **message: object) -> _Record:
        number = next(numbers)
        head = {"type": "message", "id": f"{number:08x}", "parentId": f"{number - 1:08x}" if number > 1 else None}
        return {**head, "timestamp": _time(number), "message": {"role": role, **message, "timestamp": 1e12 + number}}

    for turn in count():
        yield entry("user", content=[{"type": "text", "text": f"please do the thing number {turn}"}])
        for call in range(_CALLS * turn, _CALLS * (turn + 1)):
            asked = {"type": "toolCall", "id": f"call_{call}", "name": "exec", "arguments": {"command": f"cat {call}"}}
            usage = {"input": 100, "output": 10, "cacheRead": 1000, "cacheWrite": 0, "totalTokens": 1110}
            yield entry("assistant", content=[asked], provider="x", model="claw-x", usage=usage, stopReason="toolUse")
            said = [{"type": "text", "text": _result(call)}]
            yield entry("toolResult", toolCallId=f"call_{call}", toolName="exec", content=said, isError=False)


RECORDS: Final[Mapping[str, Callable[[], Iterator[_Record]]]] = {
    "claude-code": claude_code,
    "codex": codex,
    "gemini-cli": gemini_cli,
    "hermes": hermes,
    "openclaw": openclaw,
}
"""By harness; without end."""


def _result(number: int) -> str:
    return _RESULT[: number * 7 % 3500]


def _uuid(number: int) -> str:
    return f"0f1e2d3c-0000-4000-8000-{number:012x}"


def _time(number: int) -> str:
    seconds = number % 86_400
    return f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.000Z"

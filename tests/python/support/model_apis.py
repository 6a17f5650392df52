"""The three languages that agents speak with models: OpenAI's Responses, Anthropic's Messages, Gemini's contents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import attrs

from session_mirror.protocol.statistics import Tokens

Json = dict[str, Any]


@attrs.frozen
class Asked:
    """What a request comes down to."""

    tools: frozenset[str]
    prompt: str
    """What was said last by who isn't the model."""
    results: int
    """Of tools, since then."""
    added: str
    """Texts beside the last results: what the agent itself wants."""


@attrs.frozen
class Call:
    """A tool to call."""

    tool: str
    arguments: Json


@attrs.frozen
class Answer:
    """What the model says; `number` makes its identities."""

    number: int
    tokens: Tokens
    thought: str = ""
    call: Call | None = None
    text: str = ""


class Api(Protocol):
    """One language."""

    def asked(self, request: Json) -> Asked: ...
    def is_streamed(self, path: str, request: Json) -> bool: ...
    def events(self, answer: Answer, request: Json) -> Iterator[Json]: ...
    def whole(self, answer: Answer, request: Json) -> Json: ...


def api_of(path: str) -> Api | None:
    """The language of an address; None for anything but a request to go on with a conversation."""
    place = path.partition("?")[0]
    if place.endswith("/responses"):
        return _Responses()
    if place.endswith("/messages"):
        return _Messages()
    return _Contents() if place.endswith(("enerateContent",)) else None


def _since_prompt(turns: Sequence[Json], texts_key: str, result: str) -> tuple[str, int, str]:
    """The last prompt, how many results came after it, and what was added; a result has it as its type or as a key."""
    results, added = 0, ""
    for turn in reversed(turns):
        if turn.get("role") != "user":
            continue
        content = turn[texts_key]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        answered = sum(part.get("type") == result or result in part for part in parts)
        text = "\n".join(part.get("text", "") for part in parts)
        if not answered:
            return text, results, added
        results, added = results + answered, added or text
    return "", results, added


class _Responses:
    def asked(self, request: Json) -> Asked:
        tools = frozenset(tool.get("name", "") for tool in request.get("tools", ()))
        turns = [
            {"role": "user", "content": [{"type": "function_call_output"}]}
            if item.get("type") == "function_call_output"
            else item
            for item in request["input"]
        ]
        return Asked(tools, *_since_prompt(turns, "content", "function_call_output"))

    def is_streamed(self, path: str, request: Json) -> bool:
        return True

    def events(self, answer: Answer, request: Json) -> Iterator[Json]:
        whole = self.whole(answer, request)
        yield {"type": "response.created", "response": {**whole, "status": "in_progress", "output": []}}
        for index, item in enumerate(whole["output"]):
            yield {"type": "response.output_item.added", "output_index": index, "item": item}
            yield {"type": "response.output_item.done", "output_index": index, "item": item}
        yield {"type": "response.completed", "response": whole}

    def whole(self, answer: Answer, request: Json) -> Json:
        number, tokens = answer.number, answer.tokens
        usage = {
            "input_tokens": tokens.input + tokens.cache_read,
            "input_tokens_details": {"cached_tokens": tokens.cache_read},
            "output_tokens": tokens.output,
            "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
            "total_tokens": tokens.total,
        }
        return {
            "id": f"r{number}",
            "object": "response",
            "created_at": 0,
            "status": "completed",
            "output": list(self._items(answer)),
            "usage": usage,
        }

    def _items(self, answer: Answer) -> Iterator[Json]:
        number = answer.number
        if answer.thought:
            summary = [{"type": "summary_text", "text": answer.thought}]
            yield {"type": "reasoning", "id": f"rs_{number}", "summary": summary, "encrypted_content": "c2VjcmV0"}
        if answer.call:
            call = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}"}
            arguments = json.dumps(answer.call.arguments)
            yield {**call, "name": answer.call.tool, "arguments": arguments, "status": "completed"}
        else:
            text = {"type": "output_text", "text": answer.text, "annotations": []}
            yield {"type": "message", "id": f"msg_{number}", "role": "assistant", "content": [text]}


class _Messages:
    def asked(self, request: Json) -> Asked:
        tools = frozenset(tool.get("name", "") for tool in request.get("tools", ()))
        return Asked(tools, *_since_prompt(request["messages"], "content", "tool_result"))

    def is_streamed(self, path: str, request: Json) -> bool:
        return bool(request.get("stream"))

    def events(self, answer: Answer, request: Json) -> Iterator[Json]:
        whole = self.whole(answer, request)
        blocks, usage = whole["content"], whole["usage"]
        yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
        for index, block in enumerate(blocks):
            empty, delta = _cut(block)
            yield {"type": "content_block_start", "index": index, "content_block": empty}
            yield {"type": "content_block_delta", "index": index, "delta": delta}
            if block["type"] == "thinking":
                signed = {"type": "signature_delta", "signature": block["signature"]}
                yield {"type": "content_block_delta", "index": index, "delta": signed}
            yield {"type": "content_block_stop", "index": index}
        stopped = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
        yield {"type": "message_delta", "delta": stopped, "usage": usage}
        yield {"type": "message_stop"}

    def whole(self, answer: Answer, request: Json) -> Json:
        tokens = answer.tokens
        return {
            "id": f"msg_{answer.number:06}",
            "type": "message",
            "role": "assistant",
            "model": request["model"],
            "content": list(self._blocks(answer, request)),
            "stop_reason": "tool_use" if answer.call else "end_turn",
            "stop_sequence": None,
            "usage": {
                "input_tokens": tokens.input,
                "cache_creation_input_tokens": tokens.cache_write,
                "cache_read_input_tokens": tokens.cache_read,
                "output_tokens": tokens.output,
            },
        }

    def _blocks(self, answer: Answer, request: Json) -> Iterator[Json]:
        if answer.thought and request.get("thinking", {}).get("type") in {"enabled", "adaptive"}:
            yield {"type": "thinking", "thinking": answer.thought, "signature": "c2lnbmF0dXJl"}
        if answer.call:
            call = {"type": "tool_use", "id": f"toolu_{answer.number}", "name": answer.call.tool}
            yield {**call, "input": answer.call.arguments}
        else:
            yield {"type": "text", "text": answer.text}


def _cut(block: Json) -> tuple[Json, Json]:
    """A block as it begins, and what then comes."""
    if block["type"] == "thinking":
        return {**block, "thinking": "", "signature": ""}, {"type": "thinking_delta", "thinking": block["thinking"]}
    if block["type"] == "tool_use":
        return {**block, "input": {}}, {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    return {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}


class _Contents:
    def asked(self, request: Json) -> Asked:
        offered = [each for tool in request.get("tools", ()) for each in tool.get("functionDeclarations", ())]
        tools = frozenset(each["name"] for each in offered)
        return Asked(tools, *_since_prompt(request["contents"], "parts", "functionResponse"))

    def is_streamed(self, path: str, request: Json) -> bool:
        return "streamGenerateContent" in path

    def events(self, answer: Answer, request: Json) -> Iterator[Json]:
        yield self.whole(answer, request)

    def whole(self, answer: Answer, request: Json) -> Json:
        tokens = answer.tokens
        usage = {
            "promptTokenCount": tokens.input + tokens.cache_read,
            "cachedContentTokenCount": tokens.cache_read,
            "candidatesTokenCount": tokens.output - tokens.reasoning,
            "thoughtsTokenCount": tokens.reasoning,
            "totalTokenCount": tokens.total,
        }
        content = {"role": "model", "parts": list(self._parts(answer))}
        candidate = {"index": 0, "content": content, "finishReason": "STOP"}
        return {"candidates": [candidate], "modelVersion": "scripted", "usageMetadata": usage}

    def _parts(self, answer: Answer) -> Iterator[Json]:
        if answer.thought:
            yield {"text": f"**Thinking** {answer.thought}", "thought": True}
        if answer.call:
            call = {"id": f"call_{answer.number}", "name": answer.call.tool, "args": answer.call.arguments}
            yield {"functionCall": call, "thoughtSignature": "c2lnbmF0dXJl"}
        else:
            yield {"text": answer.text}

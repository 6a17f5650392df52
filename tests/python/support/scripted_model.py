"""A model on loopback that speaks the Responses API and does as its script says: some tool calls, then it is done."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import attrs

_USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 20,
    "output_tokens_details": {"reasoning_tokens": 5},
    "total_tokens": 120,
}


@attrs.define
class Script:
    """How it answers from now on."""

    calls: int = 3
    """Tool calls of a turn."""
    pause_s: float = 0.0
    """Before each answer."""
    asked: int = 0
    """Answers so far."""


@contextmanager
def scripted_model() -> Iterator[tuple[str, Script]]:
    """Its base URL, and the script, which may be changed at any time."""
    script = Script()

    class Handler(_Handler):
        told = script

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    told: ClassVar[Script]

    def do_GET(self) -> None:
        self.send_error(404)

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script = self.told
        time.sleep(script.pause_s)
        script.asked += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for event in _events(_items(request, script), f"r{script.asked}"):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_: object) -> None:
        """Silent."""


def _items(request: dict[str, list[dict[str, object]]], script: Script) -> list[dict[str, object]]:
    """Thinking and a call, until the turn has had its calls; then a reply."""
    since_prompt = 0
    for item in reversed(request["input"]):
        if item.get("type") == "message" and item.get("role") == "user":
            break
        since_prompt += item.get("type") == "function_call_output"
    number = f"{script.asked}"
    thought = {"type": "summary_text", "text": f"Thinking of answer {number}."}
    items: list[dict[str, object]] = [
        {"type": "reasoning", "id": f"rs_{number}", "summary": [thought], "encrypted_content": "c2VjcmV0"}
    ]
    if since_prompt < script.calls:
        arguments = json.dumps({"cmd": f"echo answer {number}; seq 1 200"})
        call = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": "exec_command"}
        return [*items, {**call, "arguments": arguments, "status": "completed"}]
    text = {"type": "output_text", "text": f"All done, in answer {number}.", "annotations": []}
    return [*items, {"type": "message", "id": f"msg_{number}", "role": "assistant", "content": [text]}]


def _events(items: list[dict[str, object]], response_id: str) -> Iterator[dict[str, object]]:
    response = {"id": response_id, "object": "response", "created_at": 0, "output": []}
    yield {"type": "response.created", "response": {**response, "status": "in_progress"}}
    for index, item in enumerate(items):
        yield {"type": "response.output_item.added", "output_index": index, "item": item}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    completed = {**response, "status": "completed", "output": items, "usage": _USAGE}
    yield {"type": "response.completed", "response": completed}

"""A model on loopback that does as its script says: some tool calls, then it is done. It speaks three languages."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import attrs

from session_mirror.harness.tally import counted
from session_mirror.protocol.statistics import Tokens
from support.model_apis import Answer, Asked, Call, api_of

DELEGATE = "DELEGATE"
"""In a prompt: begin by giving a part of the work to a sub-agent."""
SUMMARY = "So far, a few numbers were counted."
_COMPACTING = ("Respond with TEXT ONLY", "<state_snapshot>")


@attrs.define
class Script:
    """How it answers from now on."""

    calls: int = 3
    """Tool calls of a turn."""
    pause_s: float = 0.0
    """Before each answer."""
    fresh_tokens: int = 100
    """Told as new input, and one more with each answer, so that no two cost the same."""
    asked: int = 0
    """Answers so far."""
    spent: list[Tokens] = attrs.field(factory=list)
    """What the answers to agents at work cost; titles and summaries are not in it."""


@contextmanager
def scripted_model() -> Iterator[tuple[str, Script]]:
    """Its address, and the script, which may be changed at any time."""
    script = Script()

    class Handler(_Handler):
        told = script

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    told: ClassVar[Script]

    def do_GET(self) -> None:
        self.send_error(404)

    def do_HEAD(self) -> None:
        self.send_error(404)

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        api = api_of(self.path)
        if api is None:
            self.send_error(404)
            return
        script = self.told
        asked = api.asked(request)
        time.sleep(script.pause_s)
        script.asked += 1
        answer = _answer(asked, script)
        self.send_response(200)
        if api.is_streamed(self.path, request):
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for event in api.events(answer, request):
                name = f"event: {event['type']}\n" if "type" in event else ""
                self.wfile.write(f"{name}data: {json.dumps(event)}\n\n".encode())
        else:
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(api.whole(answer, request)).encode())

    def log_message(self, *_: object) -> None:
        """Silent."""


def _answer(asked: Asked, script: Script) -> Answer:
    """Thinking and a call, until the turn has had its calls; then a reply."""
    number = script.asked
    tokens = counted(fresh=script.fresh_tokens + number, output=20, cache_read=10, reasoning=5)
    if not asked.tools or any(words in asked.prompt + asked.added for words in _COMPACTING):
        return Answer(number, tokens, text=SUMMARY)
    script.spent.append(tokens)
    thought = f"Thinking of answer {number}."
    call = _call(asked, script)
    return Answer(number, tokens, thought, call, "" if call else f"All done, in answer {number}.")


def _call(asked: Asked, script: Script) -> Call | None:
    if DELEGATE in asked.prompt and not asked.results:
        part = "Do a part of it."
        for tool, arguments in (
            ("Agent", {"description": "A part", "prompt": part, "subagent_type": "general-purpose"}),
            ("invoke_agent", {"agent_name": "generalist", "prompt": part}),
        ):
            if tool in asked.tools:
                return Call(tool, arguments)
    if asked.results < script.calls:
        for tool, argument in (("exec_command", "cmd"), ("Bash", "command"), ("run_shell_command", "command")):
            if tool in asked.tools:
                return Call(tool, {argument: f"echo answer {script.asked}; seq 1 200"})
    if "complete_task" in asked.tools:
        return Call("complete_task", {"result": {"response": f"Done, in answer {script.asked}."}})
    return None

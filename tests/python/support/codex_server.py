"""The real Codex as its app server: what other programs drive, and what can fork and revert threads."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from support.real_codex import RealCodex

_LIMIT_S = 60.0
_Message = dict[str, object]


class CodexServer:
    """JSON-RPC, a message a line."""

    def __init__(self, requests: IO[str], answers: IO[str], workspace: str, client: str) -> None:
        """Greets it as the client of that name."""
        self._requests = requests
        self._workspace = workspace
        self._messages: queue.Queue[_Message] = queue.Queue()
        self._number = 0
        threading.Thread(target=self._read, args=(answers,), daemon=True).start()
        about = {"name": client, "version": "1", "title": client}
        self._call("initialize", clientInfo=about, capabilities={"experimentalApi": True})
        self._send({"method": "initialized"})

    def start(self, history_mode: str) -> str:
        """A new thread, `legacy` or `paginated`."""
        return self._thread(self._call("thread/start", cwd=self._workspace, historyMode=history_mode))

    def fork(self, thread_id: str) -> str:
        """A fork of all of it."""
        return self._thread(self._call("thread/fork", threadId=thread_id))

    def revert(self, thread_id: str, turn_id: str) -> None:
        """Takes that turn back, and all after it."""
        self._call("thread/revert", threadId=thread_id, beforeTurnId=turn_id)

    def compact(self, thread_id: str) -> None:
        """As `/compact`."""
        self._call("thread/compact/start", threadId=thread_id)
        self._await("turn/completed")

    def turn(self, thread_id: str, text: str) -> str:
        """Prompts it, and waits until it is done; returns the turn's id."""
        begun = self._call("turn/start", threadId=thread_id, input=[{"type": "text", "text": text}])
        self._await("turn/completed")
        turn = begun["turn"]
        assert isinstance(turn, dict)
        return str(turn["id"])

    def _thread(self, result: _Message) -> str:
        thread = result["thread"]
        assert isinstance(thread, dict)
        return str(thread["id"])

    def _call(self, method: str, **parameters: object) -> _Message:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": parameters})
        while (message := self._messages.get(timeout=_LIMIT_S)).get("id") != self._number or "method" in message:
            pass
        assert "error" not in message, message
        result = message["result"]
        assert isinstance(result, dict)
        return result

    def _await(self, method: str) -> None:
        while self._messages.get(timeout=_LIMIT_S).get("method") != method:
            pass

    def _send(self, message: _Message) -> None:
        self._requests.write(json.dumps(message) + "\n")
        self._requests.flush()

    def _read(self, answers: IO[str]) -> None:
        for line in answers:
            self._messages.put(json.loads(line))


@contextmanager
def codex_server(codex: RealCodex, client: str = "codex_test") -> Iterator[CodexServer]:
    """Runs until the block ends."""
    with codex.talk("app-server") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield CodexServer(process.stdin, process.stdout, str(codex.workspace), client)
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()

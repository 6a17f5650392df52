"""An editor's end of the pipe, for tests: sends messages to a real helper process, and keeps all that it says."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

PATIENCE_S = 20.0
Message = dict[str, Any]


def framed(message: object) -> bytes:
    """A JSON value as it crosses."""
    return framed_bytes(json.dumps(message).encode("ascii"))


def framed_bytes(body: bytes) -> bytes:
    """Any bytes in a frame."""
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class RpcError(Exception):
    """The helper's answer was an error."""

    def __init__(self, error: Message) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: Message | None = error.get("data")


class LspClient:
    """One helper process. Everything it writes to standard output must be framed messages: noise fails the test."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, cwd: Path) -> None:
        self.process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=cwd
        )
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self._stdin = self.process.stdin
        self.received: list[Message] = []
        self.raw: list[bytes] = []
        self.noise: bytes | None = None
        self.stderr = b""
        self._arrived = threading.Condition()
        self._next_id = 0
        self._threads = [
            threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._drain, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def initialize(self, process_id: int | None = None) -> Message:
        """The handshake, as editors do it."""
        params = {"processId": process_id, "rootUri": None, "capabilities": {"window": {"workDoneProgress": True}}}
        result = self.request("initialize", params)
        self.notify("initialized", {})
        assert isinstance(result, dict)
        return result

    def request(self, method: str, params: object = None, *, timeout_s: float = PATIENCE_S) -> Any:
        """Sends a request and returns its result.

        Raises:
            RpcError: the answer was an error.
        """
        return self.answer_to(self.send(method, params), timeout_s=timeout_s)

    def send(self, method: str, params: object = None) -> int:
        """Sends a request; `answer_to` waits for what comes back."""
        self._next_id += 1
        self.write({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params})
        return self._next_id

    def answer_to(self, request_id: object, *, timeout_s: float = PATIENCE_S) -> Any:
        """The result of a request that was sent."""
        found = self.wait_for(lambda message: "method" not in message and message.get("id") == request_id, timeout_s)
        if "error" in found:
            raise RpcError(found["error"])
        return found["result"]

    def notify(self, method: str, params: object = None) -> None:
        """Sends a notification."""
        self.write({"jsonrpc": "2.0", "method": method, "params": params})

    def cancel(self, request_id: int) -> None:
        """Takes a request back."""
        self.notify("$/cancelRequest", {"id": request_id})

    def write(self, message: object) -> None:
        """Frames and sends any JSON value."""
        self.write_raw(framed(message))

    def write_raw(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self._stdin.write(data)
        self._stdin.flush()

    def wait_for(self, wanted: Callable[[Message], bool], timeout_s: float = PATIENCE_S) -> Message:
        """The first message that fits, among those that came already and those to come."""
        deadline = time.monotonic() + timeout_s
        seen = 0
        with self._arrived:
            while True:
                for message in self.received[seen:]:
                    if wanted(message):
                        return message
                seen = len(self.received)
                if self.noise is not None:
                    raise AssertionError(f"standard output is not the protocol's alone: {self.noise!r}")
                left = deadline - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    raise AssertionError(f"nothing fitting came; the helper's stderr: {self.stderr.decode()[-3000:]}")

    def fact(self, method: str, wanted: Callable[[Message], bool] = lambda _: True) -> Message:
        """The parameters of the first notification that fits."""
        found = self.wait_for(lambda message: message.get("method") == method and wanted(message["params"]))
        params = found["params"]
        assert isinstance(params, dict)
        return params

    def wait_for_stderr(self, text: bytes, timeout_s: float = PATIENCE_S) -> None:
        """Returns once this was written to standard error."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: text in self.stderr, timeout_s), self.stderr

    def wait_for_end(self, timeout_s: float) -> None:
        """Returns once nobody holds the other end of standard output any more, whose child the helper may be."""
        self._threads[0].join(timeout_s)
        assert not self._threads[0].is_alive(), "the helper outlived the time"

    def progress(self, token: object) -> list[Message]:
        """The values that came for a work-done token so far."""
        with self._arrived:
            return [
                message["params"]["value"]
                for message in self.received
                if message.get("method") == "$/progress" and message["params"]["token"] == token
            ]

    def logs(self) -> str:
        """All that was logged to the editor."""
        with self._arrived:
            return "\n".join(m["params"]["message"] for m in self.received if m.get("method") == "window/logMessage")

    def close_stdin(self) -> None:
        """As when the editor's end of the pipe is gone."""
        self._stdin.close()

    def wait_for_exit(self, timeout_s: float) -> int:
        """The exit code; fails when the process outlives the time."""
        code = self.process.wait(timeout_s)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        return code

    def kill(self) -> None:
        """Ends the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(PATIENCE_S)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _read(self, stdout: IO[bytes]) -> None:
        while header := stdout.readline():
            length = None
            while header not in (b"\r\n", b""):
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length" and value.strip().isdigit():
                    length = int(value)
                elif name.lower() != b"content-type":
                    self._end(header)
                    return
                header = stdout.readline()
            if length is None:
                self._end(b"no length")
                return
            body = stdout.read(length)
            with self._arrived:
                self.raw.append(body)
                self.received.append(json.loads(body))
                self._arrived.notify_all()

    def _end(self, noise: bytes) -> None:
        with self._arrived:
            self.noise = noise
            self._arrived.notify_all()

    def _drain(self, stderr: IO[bytes]) -> None:
        while chunk := stderr.readline():
            with self._arrived:
                self.stderr += chunk
                self._arrived.notify_all()

"""The JSON-RPC edge: pygls with its own ideas about validation, logging, pop-ups and ending switched off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO

import attrs
from lsprotocol import types
from pygls.exceptions import FeatureRequestError, JsonRpcException
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from session_mirror.server import failures
from session_mirror.server.standard_input import StandardInput

log = logging.getLogger(__name__)


@attrs.frozen
class Lifecycle:
    """What happens at the turning points of a connection."""

    on_initialize: Callable[[int | None], None]
    """Gets the editor's process id, if it told one."""
    on_shutdown: Callable[[], Awaitable[None]]
    on_exit: Callable[[int], None]
    """Gets the exit code that the protocol asks for."""


class HelperProtocol(LanguageServerProtocol):
    """Takes messages as plain JSON values: each handler checks its own parameters, and answers for them."""

    _server: HelperServer
    _initialized = False

    def structure_message(self, data: Any) -> Any:
        # Called for every object of a message, innermost first; transcripts hold objects that look like messages.
        return data

    def handle_message(self, message: Any) -> None:
        known = isinstance(message, dict) and message.get("jsonrpc") == self.VERSION
        method = message.get("method") if known else None
        if known and method is None and ("result" in message or "error" in message):
            return  # an answer: we never ask
        request_id = message.get("id") if isinstance(message, dict) else None
        if not isinstance(method, str) or not isinstance(request_id, (str, int, type(None))):
            self._refuse(request_id if isinstance(request_id, (str, int)) else None, failures.invalid_request())
        elif request_id is None:
            self._take_notification(method, message.get("params"))
        else:
            self._take_request(request_id, method, message.get("params"))

    def _take_notification(self, method: str, params: Any) -> None:
        if method == types.CANCEL_REQUEST:
            request_id = params.get("id") if isinstance(params, dict) else None
            if not isinstance(request_id, (str, int)):
                return
            params = types.CancelParams(id=request_id)
        super().handle_message(JsonRPCNotification(method=method, jsonrpc=self.VERSION, params=params))

    def _take_request(self, request_id: str | int, method: str, params: Any) -> None:
        refusal = self._refusal(method)
        if refusal is None and request_id in self._request_futures:
            refusal = failures.out_of_order("This request's id is in use.", failures.INVALID_REQUEST)
        if refusal is not None:
            self._refuse(request_id, refusal)
            return
        super().handle_message(JsonRPCRequestMessage(id=request_id, method=method, jsonrpc=self.VERSION, params=params))

    def _refusal(self, method: str) -> JsonRpcException | None:
        if self._shutdown:
            return failures.out_of_order("The helper is shutting down.", failures.INVALID_REQUEST)
        if self._initialized == (method == types.INITIALIZE):
            if self._initialized:
                return failures.out_of_order("Already initialized.", failures.INVALID_REQUEST)
            return failures.out_of_order("Not initialized yet.", failures.SERVER_NOT_INITIALIZED)
        if method not in self.fm.features and method not in self.fm.builtin_features:
            return failures.unknown_method(method)
        return None

    def _refuse(self, request_id: str | int | None, why: JsonRpcException) -> None:
        answer = types.ResponseErrorMessage(id=request_id, error=why.to_response_error())
        self._send_data(answer)

    def _serialize_message(self, data: Any) -> Any:
        # Our results and facts are JSON values already.
        if isinstance(data, (JsonRPCResponseMessage, JsonRPCNotification)):
            return attrs.asdict(data, recurse=False)
        return super()._serialize_message(data)

    def _register_builtin_features(self) -> None:
        """Only the lifecycle: pygls would announce that we want the text of every open document."""
        self.fm.add_builtin_feature(types.INITIALIZE, self._on_initialize)
        self.fm.add_builtin_feature(types.INITIALIZED, self._on_initialized)
        self.fm.add_builtin_feature(types.SHUTDOWN, self._on_shutdown)
        self.fm.add_builtin_feature(types.EXIT, self._on_exit)

    def _on_initialize(self, params: Any) -> types.InitializeResult:
        # Not taken as lsprotocol's type, which refuses capabilities that it does not know.
        process_id = params.get("processId") if isinstance(params, dict) else None
        self._server.lifecycle.on_initialize(process_id if type(process_id) is int else None)
        self._initialized = True
        return types.InitializeResult(capabilities=types.ServerCapabilities(), server_info=self.server_info)

    def _on_initialized(self, *_: Any) -> None:
        """Nothing waits for this: the first request is what begins our work."""

    async def _on_shutdown(self, *_: Any) -> None:
        self._shutdown = True
        own_id = self.msg_id
        for request_id, future in list(self._request_futures.items()):
            if request_id != own_id:
                future.cancel()
        await self._server.lifecycle.on_shutdown()

    def _on_exit(self, *_: Any) -> None:
        self._server.lifecycle.on_exit(0 if self._shutdown else 1)


class HelperServer(LanguageServer):
    """One connection over a pair of pipes."""

    protocol: HelperProtocol

    def __init__(self, version: str, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        super().__init__("session-mirror", version, protocol_cls=HelperProtocol, max_workers=1)

    def report_server_error(self, error: Exception, source: object) -> None:
        """pygls shows these to the user in a pop-up; here they are for the log, without their text."""
        if source is FeatureRequestError:
            return  # answered, and logged where it was answered
        log.warning("a message could not be handled: %s in %s", type(error).__name__, source)

    def tell(self, method: str, params: object) -> None:
        """Sends a notification; on the loop only."""
        self.protocol.notify(method, params)

    async def converse(self, stdin: BinaryIO, stdout: BinaryIO) -> None:
        """Reads and handles messages until standard input ends."""
        self.protocol.set_writer(_Writer(stdout, lambda: self.lifecycle.on_exit(1)))
        await run_async(threading.Event(), StandardInput(stdin), self.protocol, error_handler=self.report_server_error)


class _Writer(StdoutWriter):
    """An editor that does not listen any more is no reason for errors, which could only be told to it: we end."""

    def __init__(self, stdout: BinaryIO, on_broken: Callable[[], None]) -> None:
        super().__init__(stdout)
        self._on_broken = on_broken
        self._broken = False

    def write(self, data: bytes) -> None:
        if not self._broken:
            try:
                super().write(data)
            except (OSError, ValueError):
                self._broken = True
                self._on_broken()

"""What all areas share: the type of a handler, and how one is bound to its method."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from session_mirror.protocol.methods import REQUESTS
from session_mirror.server.failures import failure_of
from session_mirror.server.rpc import HelperServer
from session_mirror.server.wire import from_wire, to_wire

log = logging.getLogger(__name__)
Handler = Callable[[Any], Awaitable[object]]
"""Takes its method's parameters, returns its result; the method table says of which types."""


def bind(server: HelperServer, handlers: Mapping[str, Handler]) -> None:
    """Makes the server answer requests with these handlers.

    Raises:
        ValueError: the handlers are not exactly those of the method table.
    """
    if handlers.keys() != {request.method for request in REQUESTS}:
        raise ValueError("the handlers and the method table differ")
    for request in REQUESTS:
        _bind(server, request.method, request.params, handlers[request.method])


def _bind(server: HelperServer, method: str, params_type: type, handler: Handler) -> None:
    async def answer(ls: HelperServer, params: Any) -> Any:
        del ls  # named so, pygls hands the server in
        try:
            return to_wire(await handler(from_wire(params_type, params)))
        except asyncio.CancelledError:
            raise
        except Exception as error:
            failure = failure_of(error)
            log.info("%s failed: %s", method, failure.message, exc_info=_unexpected(error))
            raise failure from None

    server.feature(method)(answer)


def _unexpected(error: Exception) -> Exception | None:
    return None if failure_of(error).code != -32603 else error

"""What goes wrong, as JSON-RPC errors: a message for people and `{kind, retryable, hint}`, never an inner trace."""

from __future__ import annotations

from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams, JsonRpcMethodNotFound

from session_mirror.errors import problem_of
from session_mirror.protocol.mirror import Problem
from session_mirror.server.wire import WireError

REQUEST_FAILED = -32803
"""LSP's code for a request that was understood and could not be carried out."""
SERVER_NOT_INITIALIZED = -32002
INVALID_REQUEST = -32600


def failure_of(error: BaseException) -> JsonRpcException:
    """Any exception as the error to answer with."""
    if isinstance(error, JsonRpcException):
        return error
    if isinstance(error, WireError):
        return JsonRpcInvalidParams(f"Invalid parameters: {error}.", data=_data(_misunderstood()))
    problem = problem_of(error)
    if problem.kind == "bug":
        return JsonRpcInternalError(problem.message, data=_data(problem))
    return JsonRpcException(problem.message, REQUEST_FAILED, _data(problem))


def unknown_method(method: str) -> JsonRpcException:
    """Nobody handles this method."""
    return JsonRpcMethodNotFound(f"Unknown method {method[:200]!a}.", data=_data(_misunderstood()))


def out_of_order(message: str, code: int) -> JsonRpcException:
    """A message outside its part of the lifecycle."""
    return JsonRpcException(message, code, _data(_misunderstood()))


def invalid_request() -> JsonRpcException:
    """Not a JSON-RPC message."""
    return out_of_order("Not a valid JSON-RPC message.", INVALID_REQUEST)


def _misunderstood() -> Problem:
    return Problem(
        kind="bug",
        message="",
        hint="The editor's and the helper's versions do not match: reload the window.",
        retryable=False,
    )


def _data(problem: Problem) -> dict[str, str | bool]:
    return {"kind": problem.kind, "retryable": problem.retryable, "hint": problem.hint}

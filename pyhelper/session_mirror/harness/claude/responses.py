"""Which lines belong to one response of the model, and what that response cost.

A response is written as several records, one for each content block, and each repeats the usage as far as it was known
by then. Copies of a conversation repeat them again: in the same file, in forks, in sub-agents that began with a copy.
"""

from __future__ import annotations

from hashlib import blake2b

import attrs

from session_mirror.harness.json_values import as_object, as_text, displayable
from session_mirror.harness.tally import Tally, counted
from session_mirror.protocol.statistics import Tokens

from .messages import SYNTHETIC


@attrs.define
class _Response:
    identity: str
    """The message's id: copies in other sessions share it."""
    request: str
    """Empty as long as no record told it: third-party gateways don't."""
    is_sidechain: bool


class Responses:
    """Tells a `Tally` what each response cost, once."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._known: dict[str, list[_Response]] = {}
        """By message id: one, unless the same id was given to several requests."""

    def take(self, record: dict[str, object], line: bytes) -> None:
        """An assistant record; `line` is what it was read from."""
        message = as_object(record.get("message"))
        usage = message.get("usage")
        model = as_text(message.get("model"))
        if not isinstance(usage, dict) or model == SYNTHETIC:
            return
        request = as_text(record.get("requestId"))
        identity = as_text(message.get("id")) or request or as_text(record.get("uuid")) or _digest(line)
        response = self._response(identity, request, is_sidechain=record.get("isSidechain") is True)
        if response is not None:
            self._tally.spent(response.identity, displayable(model), tokens_of(usage))

    def _response(self, identity: str, request: str, *, is_sidechain: bool) -> _Response | None:
        """The response that a record belongs to; None where it is a side chain's copy of one that counts already."""
        known = self._known.setdefault(identity, [])
        for response in known:
            if not request or response.request in ("", request):
                response.request = response.request or request
                response.is_sidechain = response.is_sidechain and is_sidechain
                return response
        first = known[0] if known else None
        if first is not None and is_sidechain:
            return first if first.is_sidechain else None
        if first is not None and first.is_sidechain:
            # The copy came first; the original counts in its place.
            self._tally.forget(first.identity)
            first.request, first.is_sidechain = request, False
            return first
        response = _Response(f"{identity} {request}" if known else identity, request, is_sidechain)
        known.append(response)
        return response


def tokens_of(usage: dict[str, object]) -> Tokens:
    """A `usage` object's tokens; the input in it is without cache already."""
    written = as_object(usage.get("cache_creation"))
    return counted(
        fresh=_count(usage.get("input_tokens")),
        output=_count(usage.get("output_tokens")),
        cache_read=_count(usage.get("cache_read_input_tokens")),
        cache_write=max(
            _count(usage.get("cache_creation_input_tokens")),
            _count(written.get("ephemeral_5m_input_tokens")) + _count(written.get("ephemeral_1h_input_tokens")),
        ),
    )


def _count(value: object) -> int:
    """A number of tokens; anything else is none."""
    return max(0, value) if isinstance(value, int) else 0


def _digest(line: bytes) -> str:
    return blake2b(line, digest_size=16).hexdigest()

"""Which lines belong to one response of the model, and what that response cost.

A response is written as several records, one for each content block, and each repeats the usage as far as it was known
by then. Copies of a conversation repeat them again: in the same file, in forks, in sub-agents that began with a copy.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

from session_mirror.harness.compact import NumberByText
from session_mirror.harness.json_values import as_object, as_text, displayable
from session_mirror.harness.tally import Tally, counted
from session_mirror.protocol.statistics import Tokens

from .messages import SYNTHETIC

_UNTOLD: Final = 0


class Responses:
    """Tells a `Tally` what each response cost, once."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._first = NumberByText()
        """By message id, which copies in other sessions share: its response."""
        self._further: dict[int, list[int]] = {}
        """By such a response: others, where the same id was given to several requests."""
        self._requests = array("q")
        """By response: the hash of its request's id, 0 as long as no record told it. Third-party gateways don't."""
        self._is_sidechain = bytearray()

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
            self._tally.spent(response, displayable(model), tokens_of(usage))

    def _response(self, identity: str, request: str, *, is_sidechain: bool) -> str | None:
        """The response that a record belongs to; None where it is a side chain's copy of one that counts already."""
        asked = hash(request) if request else _UNTOLD
        first = self._first.setdefault(identity, len(self._requests))
        if first == len(self._requests):
            self._add(asked, is_sidechain=is_sidechain)
            return identity
        further = f"{identity} {request}"
        for response in (first, *self._further.get(first, ())):
            if asked == _UNTOLD or self._requests[response] in (_UNTOLD, asked):
                self._requests[response] = self._requests[response] or asked
                self._is_sidechain[response] &= is_sidechain
                return identity if response == first else further
        if is_sidechain:
            return identity if self._is_sidechain[first] else None
        if self._is_sidechain[first]:
            # The copy came first; the original counts in its place.
            self._tally.forget(identity)
            self._requests[first], self._is_sidechain[first] = asked, False
            return identity
        self._further.setdefault(first, []).append(len(self._requests))
        self._add(asked, is_sidechain=is_sidechain)
        return further

    def _add(self, asked: int, *, is_sidechain: bool) -> None:
        self._requests.append(asked)
        self._is_sidechain.append(is_sidechain)


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

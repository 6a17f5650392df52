"""The texts of a session's events one after the other, as they are searched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import attrs

from session_mirror.errors import MirrorError
from session_mirror.protocol.search import ReplayFilter, SearchPlace
from session_mirror.replay.contents import Contents
from session_mirror.replay.event_filter import EventFilter
from session_mirror.replay.filtering import candidates
from session_mirror.replay.lines import LONG_LINE_BYTES
from session_mirror.replay.raw_line import RawLine
from session_mirror.replay.sieve import Sieve

PIECE_CHARS: Final = 1 << 20
_CONTEXT_CHARS: Final = 1024
OVERLAP_CHARS: Final = 64 << 10
"""A hit that is longer may be cut where a longer text is searched piece by piece."""


@attrs.frozen
class Passage:
    """A text, or a piece of a long one with what is around it: hits may begin in `[begin, end)` of `text`."""

    index: int
    field: int
    text: str
    begin: int
    end: int
    base: int
    """Where `text` begins in the event's text, in code points."""
    is_json: bool
    in_output: bool = False
    """It is of the output that is kept beside the session."""

    @property
    def whole(self) -> tuple[int, int, bool]:
        """What pieces of one text have in common."""
        return self.index, self.field, self.in_output


class Passages:
    """Goes through a session from a place on, as far as time allows."""

    def __init__(
        self,
        contents: Contents,
        start: SearchPlace,
        sieve: Sieve | None,
        wanted: ReplayFilter | None,
        budget_s: float,
    ) -> None:
        """`sieve`: leaves lines out; `wanted`: leaves out events, and what was not looked at yet."""
        self._contents = contents
        self._sieve = sieve
        self._shown = shown = None if wanted is None else candidates(contents, wanted)
        self._events_shown = None if wanted is None else EventFilter(contents, wanted)
        self._deadline = time.monotonic() + budget_s
        self._stop = contents.count if shown is None else min(contents.count, len(shown))
        self.next = start
        """The place after all that was given out, and was left out, so far."""
        self._unsearched: list[tuple[int, int]] = []

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self.next.index >= self._stop

    def unsearched_before(self, place: SearchPlace) -> tuple[int, ...]:
        """The records of outputs beside the session that cannot be searched, of those come by."""
        return tuple(index for index, field in self._unsearched if (index, field) < (place.index, place.field))

    def __iter__(self) -> Iterator[Passage]:
        """Gives out at least one passage, or leaves out at least one line, however short the time is.

        Raises:
            MirrorError: the source cannot be read.
        """
        while not self.is_at_end:
            start = self.next.index
            end = self._contents.places.run(start, self._stop)
            shift = start - self._contents.places.line_at(start)
            for first, lengths, body in self._contents.lines.batches(start - shift, end - shift):
                yield from self._batch(first, lengths, body, shift)
                if time.monotonic() >= self._deadline:
                    return

    def _batch(self, first: int, lengths: list[int], body: bytes, shift: int) -> Iterator[Passage]:
        begins, at = [], 0
        for length in lengths:
            begins.append(at)
            at += length + 1
        for number in self._sieve.lines(lengths, body) if self._sieve and body else range(len(lengths)):
            index = first + number + shift
            if self._is_shown(index, first + number):
                line = first + number
                yield from (
                    self._long(index, line)
                    if lengths[number] > LONG_LINE_BYTES
                    else self._events(index, line, body[begins[number] : begins[number] + lengths[number]])
                )
                self.next = SearchPlace(index=index + 1)
                if time.monotonic() >= self._deadline:
                    return
        self.next = SearchPlace(index=first + len(lengths) + shift)

    def _is_shown(self, index: int, line: int) -> bool:
        is_shown = self._shown is None or self._shown[index] != 0
        return is_shown and not self._contents.places.is_folded(line)

    def _events(self, index: int, line: int, body: bytes) -> Iterator[Passage]:
        for event in self._contents.harness.read_record(body).events:
            if self._events_shown is not None and not self._events_shown.shows(event, line):
                continue
            text = event.text.value
            yield from self._pieces(index, event.field, len(text), text.__getitem__, is_json=event.format == "json")
            if event.attachment is not None:
                yield from self._output(index, event.field, event.attachment)

    def _output(self, index: int, field: int, name: str) -> Iterator[Passage]:
        """All of an output that lies beside the session; what cannot be read by now is counted instead."""
        if self.next.index == index and self.next.field > field:
            return
        try:
            output = self._contents.beside.attachments.searched(name)
            if output is not None:
                yield from self._pieces(index, field, output.total_chars, _cutting(output), in_output=True)
        except MirrorError:
            output = None
        if output is None:
            self._unsearched.append((index, field))
        self.next = SearchPlace(index=index, field=field + 1)

    def _long(self, index: int, line: int) -> Iterator[Passage]:
        raw = self._contents.lines.raw_apart(line)
        yield from self._pieces(index, 0, raw.total_chars, _cutting(raw))

    def _pieces(
        self,
        index: int,
        field: int,
        total: int,
        text: Callable[[slice], str],
        *,
        is_json: bool = False,
        in_output: bool = False,
    ) -> Iterator[Passage]:
        place = self.next
        if place.index == index and (place.field, place.in_output) > (field, in_output):
            return
        at = place.offset if (place.index, place.field, place.in_output) == (index, field, in_output) else 0
        while at < total:
            end = min(total, at + PIECE_CHARS)
            base = max(0, at - _CONTEXT_CHARS)
            whole = text(slice(base, min(total, end + OVERLAP_CHARS)))
            self.next = SearchPlace(index=index, field=field, offset=end, in_output=in_output)
            yield Passage(index, field, whole, at - base, end - base, base, is_json, in_output)
            at = end


def _cutting(text: RawLine) -> Callable[[slice], str]:
    return lambda part: text.text(part.start, part.stop - part.start)

"""Calls and their results find each other, and files the records that touched them, wherever those stand."""

from __future__ import annotations

import attrs

from session_mirror.harness.base import ReadRecord
from session_mirror.protocol.replay import ReplayEvent, TouchedFile
from session_mirror.replay.event_index import UNTIMED, EventIndex, Touched
from session_mirror.replay.places import Places
from session_mirror.replay.texts import scrub


def paired(record: ReadRecord, index: EventIndex, places: Places) -> ReadRecord:
    """The record, its calls with where their results are and how long they took, its results with their calls."""
    if all(event.tool is None for event in record.events):
        return record
    return attrs.evolve(record, events=tuple(_paired(event, index, places) for event in record.events))


def touched_file(touched: Touched, places: Places) -> TouchedFile:
    """A file with the positions of its records."""
    return TouchedFile(
        path=scrub(touched.path),
        first_index=places.position_of(touched.first_line),
        last_index=places.position_of(touched.last_line),
        first_at_ms=touched.first_ms,
        last_at_ms=touched.last_ms,
        reads=touched.reads,
        writes=touched.writes,
    )


def _paired(event: ReplayEvent, index: EventIndex, places: Places) -> ReplayEvent:
    call_id = event.tool.call_id if event.tool else ""
    call, answer = index.call_of(call_id), index.answer_of(call_id)
    if not call_id or call is None or answer is None:
        return event
    began, ended = index.times[call], index.times[answer]
    took_ms = None if UNTIMED in (began, ended) else max(0, ended - began)
    partner = places.position_of(call if event.kind == "toolResult" else answer)
    return attrs.evolve(event, partner=partner, took_ms=took_ms)

"""A small world in which the part protocol runs: one session, one process at a time, and a network without manners.

A part holds stream units `[start, end)`; its content is always right, so only loss can happen. What a live process
sent lands at any later time; what a dead one left behind lands at any time, any number of times, or never. A process
crashes at any step, and the next may find its journal or not. An acknowledgement is fused with the landing, since a
crash between the two equals a crash before both and a late landing. Covers come from the product's own `resolve`.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal, NamedTuple

import attrs

from session_mirror.bucket.cover import Cover, Part, collectable, resolve
from session_mirror.bucket.names import format_part
from session_mirror.bucket.store import StoredObject


class Stored(NamedTuple):
    """An object: `seq` and `end` are its name, the rest its content."""

    seq: int
    end: int
    start: int


Name = tuple[int, int]


class Put(NamedTuple):
    part: Stored
    purpose: Literal["flush", "redo", "merge", "late"]
    doomed: tuple[Name, ...] = ()
    """Deleted once this is acknowledged."""


class Delete(NamedTuple):
    name: Name
    late: bool = False


class Process(NamedTuple):
    """`ready` False: it repeats an intent and lists afterwards."""

    cursor: int
    next_seq: int
    ready: bool = True


class Journal(NamedTuple):
    cursor: int
    next_seq: int
    intent: Stored | None = None


class World(NamedTuple):
    store: frozenset[Stored]
    wire: frozenset[Put | Delete]
    journal: Journal | None
    process: Process | None
    acked: int
    starts_left: int


@attrs.frozen(kw_only=True)
class Rules:
    """The protocol's three rules; the defaults are the real ones."""

    ascending_runs: bool = True
    merged_name: Literal["first", "last"] = "first"
    may_collect: Callable[[Cover], list[Part]] = lambda cover: [left for left, _ in collectable(cover)]


@attrs.frozen
class Search:
    """How a search ended: the steps to a loss, or None when every reachable world was looked at."""

    worlds: int
    loss: list[str] | None


def new_world(starts: int) -> World:
    return World(frozenset(), frozenset(), None, None, 0, starts)


@cache
def cover_of(store: frozenset[Stored]) -> Cover:
    return resolve(
        StoredObject(key=format_part(part.seq, part.end), size=part.end - part.start, modified_ms=0) for part in store
    )


def readable(store: frozenset[Stored]) -> int:
    """Units that an exact reader gets."""
    cover = cover_of(store)
    return cover.end if cover.layout == "offsets" else 0


def search(world: World, rules: Rules, units: int) -> Search:
    """Looks at every world that can come of this one, until one has lost what was readable or acknowledged."""
    before: dict[World, tuple[World, str] | None] = {world: None}
    waiting = deque([world])
    while waiting:
        old = waiting.popleft()
        for label, new in steps(old, rules, units):
            if new not in before:
                before[new] = (old, label)
                waiting.append(new)
                if readable(new.store) < max(readable(old.store), new.acked):
                    return Search(len(before), _trace(new, before))
    return Search(len(before), None)


def _trace(world: World, before: dict[World, tuple[World, str] | None]) -> list[str]:
    labels: list[str] = []
    while (step := before[world]) is not None:
        world, label = step
        labels.insert(0, label)
    return labels


def follow(world: World, rules: Rules, units: int, script: list[str]) -> World:
    """Takes the scripted steps; each line names the beginning of exactly what happens."""
    for line in script:
        world = next(new for label, new in steps(world, rules, units) if label.startswith(line))
    return world


def steps(world: World, rules: Rules, units: int) -> Iterator[tuple[str, World]]:
    """Everything that can happen next."""
    for request in world.wire:
        yield _land(world, request)
    if world.process is None:
        yield from _starts(world)
        return
    if world.starts_left:
        yield "crash", world._replace(process=None, wire=frozenset(_orphaned(request) for request in world.wire))
    if not world.process.ready:
        if not any(isinstance(request, Put) and request.purpose == "redo" for request in world.wire):
            yield "list", _listed(world, world.journal)
        return
    yield from _flushes(world, world.process, units)
    if all(_is_late(request) or _is_flush(request) for request in world.wire):
        yield from _merges(world, rules)
        for left in rules.may_collect(cover_of(world.store)):
            name = (left.seq, left.end)
            yield f"collect {name}", world._replace(wire=world.wire | {Delete(name)})


def _land(world: World, request: Put | Delete) -> tuple[str, World]:
    # Late requests stay on the wire: they may land again.
    wire = world.wire if _is_late(request) else world.wire - {request}
    if isinstance(request, Delete):
        store = frozenset(part for part in world.store if part[:2] != request.name)
        return f"delete {request.name} lands", world._replace(store=store, wire=wire)
    part = request.part
    store = frozenset(other for other in world.store if other[:2] != part[:2]) | {part}
    label = f"{request.purpose} {tuple(part)} lands"
    if request.purpose in ("flush", "redo"):
        journal = Journal(part.end, part.seq + 1)
        process = Process(part.end, part.seq + 1, ready=request.purpose == "flush")
        return label, world._replace(
            store=store, wire=wire, journal=journal, process=process, acked=max(world.acked, part.end)
        )
    return label, world._replace(store=store, wire=wire | {Delete(name) for name in request.doomed})


def _starts(world: World) -> Iterator[tuple[str, World]]:
    if not world.starts_left:
        return
    world = world._replace(starts_left=world.starts_left - 1)
    yield "start anew", _listed(world, None)
    if world.journal is None:
        return
    if world.journal.intent is None:
        yield "start", _listed(world, world.journal)
    else:
        redo = Put(world.journal.intent, "redo")
        process = Process(world.journal.cursor, world.journal.next_seq, ready=False)
        yield "start, redo", world._replace(process=process, wire=world.wire | {redo})


def _listed(world: World, journal: Journal | None) -> World:
    """Cursor and next sequence are taken together, from one listing."""
    cover = cover_of(world.store)
    cursor, next_seq = readable(world.store), cover.next_seq
    if journal is not None:
        cursor, next_seq = max(cursor, journal.cursor), max(next_seq, journal.next_seq)
    return world._replace(process=Process(cursor, next_seq), journal=Journal(cursor, next_seq))


def _flushes(world: World, process: Process, units: int) -> Iterator[tuple[str, World]]:
    if any(_is_flush(request) for request in world.wire):
        return
    for end in range(process.cursor + 1, units + 1):
        part = Stored(process.next_seq, end, process.cursor)
        journal = Journal(process.cursor, process.next_seq, part)
        yield f"flush {tuple(part)}", world._replace(journal=journal, wire=world.wire | {Put(part, "flush")})


def _merges(world: World, rules: Rules) -> Iterator[tuple[str, World]]:
    parts = [piece.part for piece in cover_of(world.store).slices]
    for first in range(len(parts)):
        for last in range(first + 1, len(parts)):
            run = parts[first : last + 1]
            seqs = [part.seq for part in run]
            if rules.ascending_runs and any(one >= other for one, other in itertools.pairwise(seqs)):
                continue
            seq = seqs[0] if rules.merged_name == "first" else seqs[-1]
            merged = Stored(seq, run[-1].end, run[0].start)
            doomed = tuple((part.seq, part.end) for part in run if (part.seq, part.end) != merged[:2])
            yield f"merge into {tuple(merged)}", world._replace(wire=world.wire | {Put(merged, "merge", doomed)})


def _is_flush(request: Put | Delete) -> bool:
    return isinstance(request, Put) and request.purpose == "flush"


def _is_late(request: Put | Delete) -> bool:
    return request.late if isinstance(request, Delete) else request.purpose == "late"


def _orphaned(request: Put | Delete) -> Put | Delete:
    return Delete(request.name, late=True) if isinstance(request, Delete) else Put(request.part, "late")

"""What holds for whatever a harness says, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, get_args

from session_mirror.harness.base import Account, Harness, ReadRecord
from session_mirror.protocol.replay import EventKind

_ASKED_EVERY: Final = 7


def check_record(record: ReadRecord) -> None:
    """Its events are numbered, of known kinds, and can be shown."""
    assert [event.field for event in record.events] == list(range(len(record.events)))
    for event in record.events:
        assert event.kind in get_args(EventKind)
        assert event.text.total_chars == len(event.text.value)
        texts = [event.text.value, event.label, record.model or ""]
        texts += [event.tool.call_id, event.tool.name, event.tool.target] if event.tool else []
        for text in texts:
            text.encode("utf-8")
            assert "\0" not in text


def check_account(harness: Harness, lines: Sequence[bytes]) -> Account:
    """Every line is accounted for, the same way each time, however often one asks in between."""
    account, other = harness.account(), harness.account()
    for number, line in enumerate(lines):
        account.feed(line)
        other.feed(line)
        if number % _ASKED_EVERY == 0:
            other.arrangement()
            other.statistics()
    assert _order(account, len(lines)) == _order(other, len(lines))
    assert account.arrangement() is account.arrangement(), "a replay would lay everything out anew at every look"
    assert account.arrangement().folded == other.arrangement().folded
    assert account.statistics() == other.statistics()
    statistics = account.statistics()
    assert statistics.lines == len(lines)
    assert 0 <= statistics.bookkeeping <= len(lines)
    assert statistics.tokens.total == sum(spent.tokens.total for spent in account.responses().values())
    return account


def check_counts(harness: Harness, lines: Sequence[bytes]) -> None:
    """What is counted is what replay shows."""
    account = check_account(harness, lines)
    folded, statistics = account.arrangement().folded, account.statistics()
    shown = [() if number in folded else harness.read_record(line).events for number, line in enumerate(lines)]
    silent = [line for line, events in zip(lines, shown, strict=True) if not events]
    assert statistics.bookkeeping == len(silent), silent[:3]
    told = Counter(event.kind for events in shown for event in events)
    assert {count.name: count.count for count in statistics.events} == told


def _order(account: Account, count: int) -> list[int]:
    """In which all lines are shown."""
    arranged = account.arrangement()
    first = [*(arranged.order or ())]
    assert sorted(first) == list(range(len(first)))
    assert len(first) <= count
    assert arranged.folded <= set(range(count))
    return [*first, *range(len(first), count)]

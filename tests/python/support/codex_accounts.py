"""Accounts of generated Codex threads."""

from __future__ import annotations

from collections.abc import Sequence

from session_mirror.harness.codex.account import CodexAccount
from session_mirror.harness.codex.records import read_record
from session_mirror.protocol.statistics import Tokens
from support.rollouts import Era, Rollout

ERAS: list[Era] = ["legacy", "paginated"]


def account_of(lines: Sequence[bytes]) -> CodexAccount:
    account = CodexAccount()
    for line in lines:
        account.feed(line.rstrip(b"\n"))
    return account


def tokens_of(made: Rollout) -> Tokens:
    return account_of(made.lines).statistics().tokens


def shown(lines: Sequence[bytes]) -> list[tuple[str, str]]:
    folded = account_of(lines).arrangement().folded
    events = [event for number, line in enumerate(lines) if number not in folded for event in read_record(line).events]
    return [(event.kind, event.text.value) for event in events]


def thread(era: Era = "paginated", turns: int = 2) -> Rollout:
    made = Rollout(era=era)
    made.begin()
    for number in range(turns):
        made.turn(number)
    return made

"""What counts as a secret, and how it is taken out of whole lines.

Lines are independent: redacting a chunk gives the same bytes as redacting its lines one by one, so a stream does not
depend on how it was cut into parts. A valid JSON line stays valid JSON: marks need no escaping, no shape reaches over
a quote or a backslash, and a match that begins inside an escape is none.

Each pattern begins with literal bytes, which `re` looks up at memory speed: a separate prefilter would only cost time.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from .json_escapes import begins_inside_escape


@attrs.frozen
class Redacted:
    """Lines without their secrets. `counts` has an entry for each rule that matched, and none for the others."""

    data: bytes
    counts: dict[str, int]


@attrs.frozen
class Rule:
    """One shape of secret. Its pattern never matches a line feed, a quote or a backslash."""

    name: str
    pattern: re.Pattern[bytes]

    def apply(self, data: bytes) -> tuple[bytes, int]:
        """The data with each match replaced by the rule's mark, and the number of matches."""
        mark = b"[REDACTED:" + self.name.encode("ascii") + b"]"
        pieces: list[bytes] = []
        count = position = search_from = 0
        while match := self.pattern.search(data, search_from):
            if begins_inside_escape(data, match.start()):
                search_from = match.start() + 1
                continue
            pieces += (data[position : match.start()], mark)
            position = search_from = match.end()
            count += 1
        if not count:
            return data, 0
        pieces.append(data[position:])
        return b"".join(pieces), count


@attrs.frozen
class RuleSet:
    """Rules in the order they are applied; `id` is recorded with every stream written under them."""

    id: str
    rules: tuple[Rule, ...]

    def redact(self, chunk: bytes) -> Redacted:
        """Redacts a chunk that begins and ends where a line does; the last line feed may be missing."""
        counts: dict[str, int] = {}
        for rule in self.rules:
            chunk, count = rule.apply(chunk)
            if count:
                counts[rule.name] = count
        return Redacted(chunk, counts)


TOKEN_SHAPES: Final = RuleSet(
    "tracecraft-8/1",
    (
        Rule("aws_access_key", re.compile(rb"AKIA[0-9A-Z]{16}")),
        Rule("aws_session_token", re.compile(rb"ASIA[0-9A-Z]{16}")),
        Rule("anthropic_key", re.compile(rb"sk-ant-[A-Za-z0-9_-]{20,}")),
        Rule("openai_key", re.compile(rb"sk-(?:proj-|svcacct-)?[A-Za-z0-9]{20,}")),
        Rule("hf_token", re.compile(rb"hf_[A-Za-z0-9]{30,}")),
        Rule("github_pat", re.compile(rb"gh[pousr]_[A-Za-z0-9]{30,}")),
        Rule("slack_token", re.compile(rb"xox[abprs]-[A-Za-z0-9-]{10,}")),
        Rule("bearer_token", re.compile(rb"Bearer[ \t\r\f\v]+[A-Za-z0-9_.-]{20,}")),
    ),
)
"""The eight shapes that tracecraft redacts, under its names."""

OFF: Final = RuleSet("off", ())
"""Redaction switched off by the user."""


ALL_RULES: Final = (TOKEN_SHAPES, OFF)
"""Every rule set a stream may have been written with."""


def find_rules(rules_id: str | None) -> RuleSet | None:
    """The rule set a stream was written with, by its recorded id; None when it isn't known."""
    return next((rules for rules in ALL_RULES if rules.id == rules_id), None)

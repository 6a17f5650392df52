"""Reads change logs the way anybody may: line by line, the last word of each row."""

from __future__ import annotations

import json
from pathlib import Path


def last_words(log: Path) -> dict[int, dict[str, object]]:
    """Message rows by id, as the log's last lines tell them; every line is whole."""
    data = log.read_bytes() if log.exists() else b""
    assert not data or data.endswith(b"\n")
    words: dict[int, dict[str, object]] = {}
    for line in data.splitlines():
        told = json.loads(line)
        ours = told.pop("session_mirror", {})
        if "key" in ours:
            continue
        if ours.get("removed"):
            del words[told["id"]]
        else:
            words[told["id"]] = told
    return words

"""The golden messages that both languages share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[2] / "protocol"
AREAS = [json.loads((GOLDEN / f"{name}.json").read_text("utf-8")) for name in ("mirror", "sessions", "replay")]
EXCHANGES: list[dict[str, Any]] = [exchange for area in AREAS for exchange in area["requests"]]
FACTS: list[dict[str, Any]] = [fact for area in AREAS for fact in area["facts"]]
INVALID: list[dict[str, Any]] = json.loads((GOLDEN / "invalid.json").read_text("utf-8"))


def example(method: str) -> Any:
    """The parameters of a fact."""
    return next(fact["params"] for fact in FACTS if fact["method"] == method)

"""How a line tells that a tool's output was too long for it and lies in a file beside the session."""

from __future__ import annotations

from typing import Final

SPILL_SIGNS: Final = (b"persistedOutputPath", b"persisted-output")
"""One of these stands in every line with an event that names such a file."""

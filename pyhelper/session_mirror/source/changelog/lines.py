"""Rows as lines of JSON: the same bytes for the same row, whatever it holds."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable
from typing import Final


def decoded(text: bytes) -> str:
    """A text of a database, as `text_factory`: what is no UTF-8 becomes lone surrogates, which JSON can escape."""
    try:
        return text.decode()
    except UnicodeDecodeError:
        pass
    try:
        return text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return text.decode("utf-8", "surrogateescape")


def row_line(names: Iterable[str], values: Iterable[object], **extra: object) -> bytes:
    """A row as a JSON object in ASCII, columns in their order, then `extra`; blobs as `{"base64": ...}`.

    A number that is infinite, which JSON has no word for, becomes a text.
    """
    row = {**dict(zip(names, values, strict=True)), **extra}
    try:
        return json_line(row)
    except ValueError:
        finite = {name: str(value) if value in (math.inf, -math.inf) else value for name, value in row.items()}
        return json_line(finite)


def json_line(value: object) -> bytes:
    """A value as one line in ASCII.

    Raises:
        ValueError: it holds a number that is infinite.
    """
    return _ENCODER.encode(value).encode("ascii")


def _blob(value: object) -> object:
    return {"base64": base64.b64encode(value).decode("ascii")} if isinstance(value, bytes) else str(value)


_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_blob)

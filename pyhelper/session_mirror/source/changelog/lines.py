"""Rows as lines of JSON: the same bytes for the same row, whatever it holds."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable

_PLAIN = (str, int, type(None))


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
    """A row as a JSON object in ASCII, columns in their order, then `extra`; blobs as `{"base64": ...}`."""
    fields = {name: _told(value) for name, value in zip(names, values, strict=True)}
    return json_line({**fields, **extra})


def json_line(value: object) -> bytes:
    """A value as one line in ASCII."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _told(value: object) -> object:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    return str(value)

"""Taking JSON apart that may be anything, and making its texts fit for display.

Mirrors move raw bytes; only here, at the display edge, are undecodable bytes and lone surrogates replaced.
"""

from __future__ import annotations

import json
import re
from typing import Final

_encoded: Final = json.JSONEncoder(ensure_ascii=False).encode
_MAX_INDENTED: Final = 64
"""Levels; indenting more makes the text grow with the square of its nesting."""
_NOT_DISPLAYABLE: Final = re.compile("[\x00\ud800-\udfff]")


def parse_line(line: bytes) -> object:
    """A line's JSON value.

    Raises:
        ValueError: it is no JSON, or nested too deeply to be read.
    """
    text = line.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # Python refuses to convert integers of thousands of digits; as text they do no harm.
        return json.loads(text, parse_int=str)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def parse_object(line: bytes) -> dict[str, object]:
    """A line's JSON object, empty where the line is anything else."""
    try:
        return as_object(parse_line(line))
    except ValueError:
        return {}


def as_object(value: object) -> dict[str, object]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """The value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def displayable(text: str) -> str:
    """The text with lone surrogates and NUL replaced, so that it can be encoded and shown."""
    if text.isascii() and "\0" not in text:
        return text
    return _NOT_DISPLAYABLE.sub("\ufffd", text)


def pretty_json(value: object) -> str:
    """A JSON value as indented JSON, readable in any script; on one line if it is nested beyond reading.

    Raises:
        RecursionError: it is nested too deeply to be written.
    """
    if isinstance(value, dict) and value and not any(isinstance(each, (dict, list)) for each in value.values()):
        # Most arguments of tools are like that, and Python's encoder is several times as slow once it indents.
        return "{\n" + ",\n".join([f"  {_encoded(key)}: {_encoded(each)}" for key, each in value.items()]) + "\n}"
    return json.dumps(value, indent=None if _nests_beyond(value, _MAX_INDENTED) else 2, ensure_ascii=False)


def _nests_beyond(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    deeper = (each for each in inner if isinstance(each, (dict, list)))
    return any(deeper) if levels == 0 else any(_nests_beyond(each, levels - 1) for each in deeper)


def one_line(text: str, limit: int) -> str:
    """Displayable text on one line of at most `limit` characters, an ellipsis where it is cut."""
    # A text of megabytes needs no more than its beginning.
    flat = " ".join(displayable(text[: limit * 8]).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"

"""Reading configuration that people write: JSON with comments, trailing commas, bare keys and single quotes."""

from __future__ import annotations

import json
import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""
    (?P<skip>\s+|//[^\n\r]*|/\*.*?\*/)
    | (?P<double>"(?:[^"\\]|\\.)*")
    | (?P<single>'(?:[^'\\]|\\.)*')
    | (?P<mark>[{}\[\]:,])
    | (?P<word>(?:(?!/[/*])[^\s{}\[\]:,"'])+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(\r\n|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_KEPT: Final = frozenset('"\\/bfnrtu')
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LITERALS: Final = frozenset({"true", "false", "null"})


def read_json5(text: str) -> object:
    """The value. Numbers in spellings that JSON lacks become texts.

    Raises:
        ValueError: it isn't even that, or nested too deeply.
    """
    try:
        return json.loads("".join(_as_json(text)))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _as_json(text: str) -> list[str]:
    pieces: list[str] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ValueError(f"nothing that JSON5 knows at {position}")
        position = token.end()
        if token.lastgroup == "skip":
            continue
        if token[0] in ("}", "]") and pieces and pieces[-1] == ",":
            pieces.pop()
        pieces.append(_spelled(token))
    return pieces


def _spelled(token: re.Match[str]) -> str:
    if token.lastgroup == "mark":
        return token[0]
    if token.lastgroup == "word":
        return token[0] if token[0] in _LITERALS or _NUMBER.fullmatch(token[0]) else json.dumps(token[0])
    inner = _ESCAPE.sub(_escape, token[0][1:-1])
    return '"' + (inner.replace('"', '\\"') if token.lastgroup == "single" else inner) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found[1]
    if character in ("\n", "\r\n", "\r", "\u2028", "\u2029"):
        return ""  # the line goes on
    if character[0] == "x" and len(character) == 3:
        return f"\\u00{character[1:]}"
    if character == '"':
        return "\\u0022"
    return found[0] if character in _KEPT else character

"""Lines that no transcript should hold, and some day one does."""

from __future__ import annotations


def odd_lines() -> dict[str, bytes]:
    """Lines that break readers, by what is odd about them; none holds a line feed."""
    deep = b"[" * 100_000 + b"]" * 100_000
    user = b'{"type":"user","cwd":"/w/app","message":{"role":"user","content":%s}}'
    return {
        "empty": b"",
        "blank": b"   ",
        "torn": b'{"type":"user","message":{"content":"half',
        "garbage": b"\x00\xff\xfe not json",
        "invalid UTF-8": user % b'"caf\xe9 \xc3"',
        "NUL escape": user % b'"a\\u0000b"',
        "raw NUL": user % b'"a\x00b"',
        "lone surrogate": user % b'"a\\ud83d b \\udc00"',
        "raw separators": user % '"a\u2028b\u2029c\x85d"'.encode(),
        "carriage return": user % b'"x"' + b"\r",
        "number": b"7",
        "string": b'"text"',
        "null": b"null",
        "array": b'[{"type":"user"}]',
        "no type": b'{"cwd":"/w/app"}',
        "type is no string": b'{"type":["user"]}',
        "unknown type": b'{"type":"holo-record","beam":3}',
        "no message": b'{"type":"user"}',
        "message is a string": b'{"type":"assistant","message":"hello"}',
        "content is null": user % b"null",
        "content is a number": user % b"5",
        "blocks are no objects": user % b'["a",1,null,[]]',
        "block without type": user % b'[{"text":"a"}]',
        "nested deeply": user % deep,
        "deep line": deep,
        "huge integer": b'{"type":"user","timestamp":' + b"9" * 5000 + b',"message":{"content":"x"}}',
        "not a number": b'{"type":"system","subtype":"x","value":NaN,"timestamp":Infinity}',
        "repeated key": b'{"type":"user","type":"system","subtype":"twice"}',
        "bad time": b'{"type":"system","timestamp":"yesterday","subtype":"x","content":"y"}',
    }

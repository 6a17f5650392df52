"""A file redacted piece by piece comes out as if its lines had been, wherever it was cut and however long they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.redaction import pieces
from session_mirror.redaction.counts import merge_counts
from session_mirror.redaction.pieces import INSIDE, redact_pieces
from session_mirror.redaction.rules import OFF, TOKEN_SHAPES
from support.secret_shapes import SECRETS

fragments = st.one_of(
    st.sampled_from(
        [*(secret.encode() for secret in SECRETS.values()), b"\\u000A", b"\\\\", b'"', b"\n", b"Bearer ", b"sk-"]
    ),
    st.binary(max_size=6),
)
texts = st.lists(fragments, max_size=12).map(b"".join)


def chunks_of(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(texts, st.integers(1, 40))
def test_pieces_give_what_the_whole_gives(data: bytes, size: int) -> None:
    whole = TOKEN_SHAPES.redact(data)
    found = list(redact_pieces(chunks_of(data, size), TOKEN_SHAPES))
    assert b"".join(piece.data for piece in found) == whole.data
    counts: dict[str, int] = {}
    for piece in found:
        counts = merge_counts(counts, piece.counts)
    assert counts == whole.counts


@pytest.mark.parametrize("name", SECRETS)
def test_no_rule_reaches_over_a_byte_where_a_piece_may_end(name: str) -> None:
    secret = SECRETS[name].encode()
    assert set(secret) <= set(INSIDE)
    for byte in sorted(set(range(256)) - set(INSIDE)):
        for at in range(1, len(secret)):
            cut = secret[:at] + bytes([byte]) + secret[at:]
            apart = TOKEN_SHAPES.redact(cut[: at + 1]).data + TOKEN_SHAPES.redact(cut[at + 1 :]).data
            assert TOKEN_SHAPES.redact(cut).data == apart


def test_a_line_without_an_end_is_held_no_longer_than_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "LONGEST", 1000)
    found = [len(piece.data) for piece in redact_pieces([b"a" * 100] * 100, OFF)]
    assert sum(found) == 10_000
    assert max(found) == 1000


def test_nothing_is_nothing() -> None:
    assert list(redact_pieces([], TOKEN_SHAPES)) == []

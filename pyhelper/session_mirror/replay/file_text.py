"""What is known of a file's text at a moment: all of it, or the pieces that were seen."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from session_mirror.replay.patches import Hunk, apply_hunks

GAP = "⋯"
"""The line that stands where something may be missing."""


@attrs.frozen
class KnownText:
    """`is_whole`: nothing is missing; else pieces, with a line of `GAP` between them."""

    text: str
    is_whole: bool


@attrs.frozen
class Replacement:
    """An edit that names the text it replaces; without one it gives the file its first text."""

    old: str
    new: str
    everywhere: bool = False


@attrs.frozen
class _Piece:
    text: str
    start: int | None
    """Its first line's number, from 1, as far as it is known."""


class FileText:
    """Follows one file through reads and changes. Whatever doesn't fit what is known was done by somebody else: then
    only what was told since is known."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._whole: str | None = None
        self._pieces: list[_Piece] = []

    def known(self) -> KnownText:
        """What is known by now."""
        if self._whole is not None:
            return KnownText(self._whole, is_whole=True)
        pieces = sorted(self._pieces, key=lambda piece: (piece.start is None, piece.start or 0))
        return KnownText(f"\n{GAP}\n".join(piece.text.removesuffix("\n") for piece in pieces), is_whole=False)

    def forget(self) -> None:
        """Something unknown was done to it."""
        self._whole, self._pieces = None, []

    def is_whole(self, text: str) -> None:
        """This is all of it."""
        self._whole, self._pieces = text, []

    def has_piece(self, text: str, start: int | None) -> None:
        """This stands in it, from a line on."""
        if not text or (self._whole is not None and text.removesuffix("\n") in self._whole):
            return
        self._whole = None
        new = _Piece(text, start)
        self._pieces = [rest for piece in self._pieces for rest in _beside(piece, new)]
        self._pieces.append(new)

    def replace(self, edits: Sequence[Replacement]) -> None:
        """Texts are replaced, one after the other."""
        for edit in edits:
            self._replace(edit)

    def expect(self, edits: Sequence[Replacement]) -> None:
        """The edits are about to succeed, so what the first of them replaces is there."""
        for edit in edits[:1]:
            self._expect(edit.old)

    def patch(self, hunks: Sequence[Hunk]) -> None:
        """Lines are replaced, each hunk behind the one before."""
        if self._whole is not None:
            patched = apply_hunks(self._whole, tuple(hunks))
            if patched is not None:
                self.is_whole(patched)
                return
            self._whole = None
        for hunk in hunks:
            if hunk.old:
                self._replace(Replacement(_text(hunk.old), _text(hunk.new)))
            else:
                self._add(_text(hunk.new))

    def expect_hunks(self, hunks: Sequence[Hunk]) -> None:
        """The hunks are about to be applied, so the lines they replace are there."""
        if self._whole is not None and apply_hunks(self._whole, tuple(hunks)) is None:
            self._whole = None
        if self._whole is None:
            for hunk in hunks:
                self._expect(_text(hunk.old))

    def _expect(self, old: str) -> None:
        if self._whole is not None:
            if old in self._whole:
                return
            self._whole = None
        if old and all(old not in piece.text for piece in self._pieces):
            self._pieces.append(_Piece(old, None))

    def _replace(self, edit: Replacement) -> None:
        if not edit.old:
            self.is_whole(edit.new)
        elif self._whole is not None:
            if edit.old in self._whole:
                self._whole = self._whole.replace(edit.old, edit.new, -1 if edit.everywhere else 1)
            else:
                self._whole = None
                self._add(edit.new)
        else:
            self._replace_in_pieces(edit)

    def _replace_in_pieces(self, edit: Replacement) -> None:
        found = [number for number, piece in enumerate(self._pieces) if edit.old in piece.text]
        for number in found if edit.everywhere else found[:1]:
            text = self._pieces[number].text.replace(edit.old, edit.new, -1 if edit.everywhere else 1)
            self._pieces[number] = attrs.evolve(self._pieces[number], text=text)
        if not found:
            self._add(edit.new)
        if edit.old.count("\n") != edit.new.count("\n"):
            # What stands below has moved, by who knows how much.
            self._pieces = [attrs.evolve(piece, start=None) for piece in self._pieces]

    def _add(self, text: str) -> None:
        if text:
            self._pieces.append(_Piece(text, None))


def _beside(piece: _Piece, new: _Piece) -> list[_Piece]:
    """What is left of a piece where a newer one tells of some of its lines."""
    lines = piece.text.removesuffix("\n").split("\n")
    if piece.text.removesuffix("\n") in new.text:
        return []
    if piece.start is None or new.start is None:
        return [piece]
    end = new.start + new.text.removesuffix("\n").count("\n") + 1
    before = lines[: max(0, new.start - piece.start)]
    after = lines[max(0, end - piece.start) :]
    if len(before) + len(after) >= len(lines):
        return [piece]
    return [
        _Piece(_text(rest), start) for rest, start in ((before, piece.start), (after, max(end, piece.start))) if rest
    ]


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)

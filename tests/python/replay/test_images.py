"""Images of a session: what is told of them without believing the transcript, and their bytes in pages."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.errors import MirrorError
from session_mirror.harness.claude_code import ClaudeCode
from session_mirror.harness.codex_cli import Codex
from session_mirror.harness.images import ImageSource, image_at, image_of_base64
from session_mirror.protocol.replay import EventImage, ReplayImageParams, ReplayImageResult
from session_mirror.redaction.rules import TOKEN_SHAPES
from session_mirror.replay.disk import DiskSource
from session_mirror.replay.images import MOST_TOLD, TOLD_BYTES, Images, told_image
from session_mirror.replay.lines import Lines
from session_mirror.replay.session import Replay
from session_mirror.replay.source import NotHere
from session_mirror.replay.texts import PAGE_BYTES
from session_mirror.server.wire import to_wire
from support.pictures import base64_of, data_url, gif, jpeg, png, png_head, webp

PNG = png(12, 8)


def session(path: Path, *blocks: object, result: object = None) -> Replay:
    """A prompt with these blocks, and a tool's result."""
    lines = [{"type": "user", "uuid": "u1", "message": {"role": "user", "content": [*blocks]}}]
    if result is not None:
        content = [{"type": "tool_result", "tool_use_id": "t1", "content": result}]
        lines.append({"type": "user", "uuid": "u2", "message": {"role": "user", "content": content}})
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    return Replay("r1", DiskSource(path), ClaudeCode())


def block(data: str, media_type: str = "image/png") -> dict[str, object]:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def page(replay: Replay, image: int = 0, *, index: int = 0, offset: int = 0) -> ReplayImageResult:
    return replay.images.page(ReplayImageParams(replay_id="r1", index=index, field=0, image=image, offset=offset))


def whole(replay: Replay, image: int = 0, *, index: int = 0) -> bytes:
    """All of an image, each page decoded by itself."""
    pieces, chars = [], 0
    while True:
        result = page(replay, image, index=index, offset=chars)
        assert len(json.dumps(to_wire(result))) <= PAGE_BYTES
        pieces.append(b64decode(result.value, validate=True))
        chars += len(result.value)
        if chars >= result.total_chars:
            return b"".join(pieces)


def told(source: ImageSource) -> tuple[str, int, int, str | None]:
    image = told_image(source)
    return image.media_type, image.width, image.height, image.problem


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(3, 2), "image/png"),
        (jpeg(3, 2), "image/jpeg"),
        (gif(3, 2), "image/gif"),
        (webp(3, 2), "image/webp"),
        (jpeg(3, 2, preview=bytes(200_000)), "image/jpeg"),
    ],
)
def test_an_image_is_what_its_bytes_are_whatever_it_is_called(data: bytes, media_type: str) -> None:
    for called in ("image/png", "image/svg+xml", "text/html", "", 'image/png\n"><script>'):
        assert told(image_of_base64(base64_of(data), called)) == (media_type, 3, 2, None)


@pytest.mark.parametrize(
    ("source", "named", "problem"),
    [
        (image_of_base64(base64_of(b"<svg onload='alert(1)'/>"), "image/png"), "image/png", "format"),
        (image_of_base64(base64_of(b"<html><script>alert(1)</script>"), "image/png"), "image/png", "format"),
        (image_of_base64(base64_of(b"<svg/>"), "image/svg+xml"), "image/svg+xml", "format"),
        (image_of_base64(base64_of(b"plain"), 'image/png"\nx'), "", "format"),
        (image_of_base64(base64_of(b"plain"), "text/html"), "", "format"),
        (image_of_base64("[image data omitted]"), "", "damaged"),
        (image_of_base64("====="), "", "damaged"),
        (image_of_base64(base64_of(PNG)[:14], "image/png"), "image/png", "damaged"),
        (image_of_base64(base64_of(PNG) + "[REDACTED:aws_access_key]"), "", "redacted"),
        (image_of_base64(" \n"), "", "missing"),
        (image_at("https://example.com/a.png"), "", "remote"),
        (image_at("//example.com/a.png"), "", "remote"),
        (image_at("file:///etc/passwd"), "", "file"),
        (image_at("/etc/passwd"), "", "file"),
        (image_at("sediment://file_000"), "", "file"),
        (image_at("data:image/svg+xml,%3Csvg%2F%3E"), "image/svg+xml", "format"),
        (image_at("data:image/png;base64" + "x" * 5000), "", "format"),
        (image_at("data:image/png;base64," + "data:image/png;base64," * 2000), "image/png", "damaged"),
    ],
)
def test_what_is_not_shown_says_why(source: ImageSource, named: str, problem: str) -> None:
    assert told(source) == (named, 0, 0, problem)


@pytest.mark.parametrize(
    ("width", "height", "problem"),
    [
        (16_384, 3_900, None),
        (16_385, 1, "tooLarge"),
        (30_000, 30_000, "tooLarge"),
        (8_001, 8_000, "tooLarge"),
        (2**31, 2**31, "tooLarge"),
    ],
)
def test_pictures_that_would_take_much_memory_are_told_by_their_size_only(
    tmp_path: Path, width: int, height: int, problem: str | None
) -> None:
    replay = session(tmp_path / "s.jsonl", block(base64_of(png_head(width, height))))
    (image,) = replay.window(0, 1).records[0].events[0].told_images
    assert (image.width, image.height, image.problem, image.size_bytes) == (width, height, problem, 33)
    if problem is not None:
        with pytest.raises(MirrorError, match="can't be shown"):
            page(replay)


def test_an_image_of_many_bytes_is_told_by_its_size_only() -> None:
    image = told_image(image_of_base64(base64_of(PNG + bytes(20_000_000))))
    assert (image.width, image.problem, image.size_bytes) == (12, "tooLarge", len(PNG) + 20_000_000)


def test_a_large_image_comes_in_pages_that_can_each_be_decoded(tmp_path: Path) -> None:
    data = png(64, 64) + bytes(range(256)) * 4000
    replay = session(
        tmp_path / "s.jsonl", {"type": "text", "text": "see"}, block(base64_of(PNG)), block(base64_of(data))
    )
    (event,) = replay.window(0, 1).records[0].events
    assert [(image.width, image.size_bytes) for image in event.told_images] == [(12, len(PNG)), (64, len(data))]
    assert event.images == 2
    assert whole(replay, 0) == PNG
    assert whole(replay, 1) == data


def test_images_of_a_result_are_its_own(tmp_path: Path) -> None:
    replay = session(tmp_path / "s.jsonl", block(base64_of(png(1, 1))), result=[block(base64_of(PNG))])
    assert whole(replay, index=1) == PNG


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\n".join(base64_of(PNG)[at : at + 76] for at in range(0, 200, 76)), len(PNG)),
        (base64_of(PNG).rstrip("="), len(PNG)),
        (base64_of(PNG[:60])[:-3], 57),
    ],
    ids=["in lines", "without padding", "cut"],
)
def test_base64_of_any_hand_is_decoded_as_far_as_it_goes(tmp_path: Path, written: str, kept: int) -> None:
    assert whole(session(tmp_path / "s.jsonl", block(written))) == PNG[:kept]


def test_what_is_damaged_behind_its_beginning_is_refused(tmp_path: Path) -> None:
    replay = session(tmp_path / "s.jsonl", block(base64_of(png(64, 64) + bytes(30_000)) + "<script>"))
    with pytest.raises(MirrorError, match="can't be shown"):
        page(replay)


def test_a_place_without_an_image_is_told(tmp_path: Path) -> None:
    replay = session(tmp_path / "s.jsonl", block(base64_of(PNG)))
    for place in ({"image": 1}, {"image": -1}, {"image": 0, "index": 9}):
        with pytest.raises(MirrorError) as caught:
            page(replay, **place)
        assert caught.value.kind == "notFound"


def test_of_very_many_images_the_first_are_told_and_all_are_counted(tmp_path: Path) -> None:
    replay = session(tmp_path / "s.jsonl", *[block(base64_of(PNG))] * 3000)
    result = replay.window(0, 1)
    (event,) = result.records[0].events
    assert (event.images, len(event.told_images)) == (3000, MOST_TOLD)
    assert len(json.dumps(to_wire(result))) <= PAGE_BYTES


@given(st.text(max_size=60), st.text(max_size=60), st.sampled_from([None, "remote", "missing"]))
def test_whatever_a_record_calls_an_image_crosses_in_few_harmless_letters(
    data: str, media_type: str, absence: None
) -> None:
    image = told_image(ImageSource(data, absence, media_type))
    assert len(json.dumps(to_wire(image))) <= TOLD_BYTES
    assert image.media_type.isascii()
    assert not set("\n\"'<>; ") & set(image.media_type)


def test_the_largest_numbers_fit_in_what_is_reckoned_for_an_image() -> None:
    image = EventImage(
        media_type="image/" + "x" * 41, size_bytes=24 << 20, width=2**32 - 1, height=2**32 - 1, problem="redacted"
    )
    assert len(json.dumps(to_wire(attrs.evolve(image, is_animated=False)))) <= TOLD_BYTES


def test_redaction_leaves_an_image_whole_beside_a_secret(tmp_path: Path) -> None:
    key = "sk-ant-" + "a1" * 20
    line = json.dumps([block(base64_of(PNG)), {"text": f"the key is {key}", "image_url": data_url(PNG)}]).encode()
    redacted = TOKEN_SHAPES.redact(line)
    assert redacted.counts == {"anthropic_key": 1}
    assert key.encode() not in redacted.data
    assert redacted.data.count(base64_of(PNG).encode()) == 2


def test_an_image_whose_bytes_are_on_their_way_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replay = session(tmp_path / "s.jsonl", block(base64_of(PNG)))
    here: list[tuple[int, int]] = []
    read = Lines.read

    def lacking(self: Lines, start: int, stop: int) -> Iterator[tuple[int, int, bytes]]:
        if not here:
            raise NotHere(7, 9)
        return read(self, start, stop)

    monkeypatch.setattr(Lines, "read", lacking)
    images = Images(replay.contents, lambda start, length: here.append((start, length)))
    result = images.page(ReplayImageParams(replay_id="r1", index=0, field=0, image=0, offset=0))
    assert b64decode(result.value) == PNG
    assert here == [(7, 9)]


def test_the_images_of_a_session_are_counted_once_each_with_what_they_hold(tmp_path: Path) -> None:
    large, remote = png(60, 60), {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    path = tmp_path / "s.jsonl"
    replay = session(
        path, {"type": "text", "text": "look"}, block(base64_of(PNG)), remote, result=[block(base64_of(large))]
    )
    replay.analyse()
    counted = replay.statistics(0)
    assert counted.images == sum(event.images for record in replay.window(0, 9).records for event in record.events) == 3
    assert counted.image_bytes == pytest.approx(len(PNG) + len(large), abs=4)
    with path.open("ab") as file:
        file.write(path.read_bytes())
    replay.poll()
    replay.analyse()
    again = replay.statistics(0)
    assert (again.images, again.image_bytes) == (counted.images, counted.image_bytes), "records that are written again"


def test_images_without_any_words_and_those_of_other_agents_are_counted(tmp_path: Path) -> None:
    alone = session(tmp_path / "s.jsonl", block(base64_of(PNG)))
    assert alone.statistics(0).images == 1
    assert session(tmp_path / "none.jsonl", {"type": "text", "text": "look"}).statistics(0).images == 0
    content = [{"type": "input_image", "image_url": data_url(PNG)}]
    item = {"type": "response_item", "payload": {"type": "message", "role": "user", "content": content}}
    path = tmp_path / "rollout.jsonl"
    path.write_text(json.dumps(item) + "\n")
    counted = Replay("r2", DiskSource(path), Codex()).statistics(0)
    assert counted.images == 1
    assert counted.image_bytes == pytest.approx(len(PNG), abs=3)

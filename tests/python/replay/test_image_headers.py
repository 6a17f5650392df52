"""The first bytes of images: right where they are images, and no trouble whatever else they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from session_mirror.replay.image_headers import HeaderCutError, ImageHeader, read_header
from support.pictures import camera, gif, jpeg, png, png_head, webp

sides = st.integers(1, 16_383)
EACH: tuple[Callable[[int, int], bytes], ...] = (
    png_head,
    jpeg,
    gif,
    webp,
    lambda width, height: jpeg(width, height, cameras=[camera(1)]),
    lambda width, height: webp(width, height, kind=b"VP8L"),
    lambda width, height: webp(width, height, kind=b"VP8 "),
)


@given(st.sampled_from(EACH), sides, sides)
def test_width_and_height_are_read_of_every_format(make: Callable[[int, int], bytes], width: int, height: int) -> None:
    found = read_header(make(width, height))
    assert found is not None
    assert (found.width, found.height, found.is_animated) == (width, height, False)


def size_of(data: bytes) -> tuple[int, int] | None:
    found = read_header(data)
    return None if found is None else (found.width, found.height)


@given(st.integers(0, 65_535), st.sampled_from("<>"), sides, sides)
def test_a_picture_that_is_turned_when_it_is_shown_has_the_sides_it_is_shown_with(
    orientation: int, order: str, width: int, height: int
) -> None:
    expected = (height, width) if orientation in (5, 6, 7, 8) else (width, height)
    told = camera(orientation, order=order)
    assert size_of(jpeg(width, height, cameras=[told])) == expected
    assert size_of(png_head(width, height, camera=told)) == expected


@pytest.mark.parametrize(
    ("cameras", "expected"),
    [
        ([camera(6), camera(1)], (2, 4)),
        ([camera(1), camera(6)], (4, 2)),
        ([camera(6)[:9], camera(6)], (4, 2)),
        ([camera(6, 1)], (2, 4)),
        ([camera(1, 6)], (4, 2)),
        ([camera(9, 6)], (2, 4)),
        ([camera(6, kind=4)], (4, 2)),
        ([camera(6, values=2)], (4, 2)),
        ([b"http://ns.adobe.com/xap/1.0/\0"], (4, 2)),
        ([camera()], (4, 2)),
        ([], (4, 2)),
    ],
)
def test_what_cameras_say_counts_as_browsers_take_it(cameras: list[bytes], expected: tuple[int, int]) -> None:
    # Each as Chromium 156 shows it.
    assert size_of(jpeg(4, 2, cameras=cameras)) == expected


@given(st.sampled_from([b"", b"II*\0", b"MM\0*", camera(6)[:10]]), st.binary(max_size=80))
def test_whatever_a_camera_says_a_picture_keeps_its_sides(beginning: bytes, rest: bytes) -> None:
    assert size_of(jpeg(4, 2, cameras=[beginning + rest])) in {(4, 2), (2, 4)}


beginnings = st.sampled_from(
    [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"GIF87a", b"RIFF____WEBP", b"RIFF____WEBPVP8X"]
)


@given(beginnings, st.binary(max_size=400))
@example(b"\xff\xd8\xff", b"\xe0\0\0" * 50)
@example(b"GIF89a", b"\0" * 7 + b"\x21\xff" + b"\0" * 200)
def test_any_bytes_are_an_image_or_none_or_too_few(beginning: bytes, rest: bytes) -> None:
    try:
        found = read_header(beginning + rest)
    except HeaderCutError:
        return
    assert found is None or (found.width > 0 and found.height > 0)


@given(st.sampled_from(EACH), st.data())
def test_an_image_cut_anywhere_is_read_or_wants_more(make: Callable[[int, int], bytes], data: st.DataObject) -> None:
    whole = make(640, 480)
    end = data.draw(st.integers(12, len(whole)))
    try:
        found = read_header(whole[:end])
    except HeaderCutError:
        assert end < len(whole)
    else:
        assert found == read_header(whole)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (png(3, 2, animated=True), ImageHeader("image/png", 3, 2, is_animated=True)),
        (gif(3, 2, animated=True), ImageHeader("image/gif", 3, 2, is_animated=True)),
        (webp(3, 2, animated=True), ImageHeader("image/webp", 3, 2, is_animated=True)),
        (gif(10, 10, frame=(60_000, 50_000)), ImageHeader("image/gif", 60_000, 50_000)),
        (png_head(30_000, 30_000), ImageHeader("image/png", 30_000, 30_000)),
        (png_head(0, 5), None),
        (jpeg(5, 0), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<!DOCTYPE html><script>alert(1)</script>", None),
        (b"BM" + bytes(60), None),
        (b"\0\0\0\x1cftypavif" + bytes(60), None),
        (b"\xff\xd8\xff\xda" + bytes(60), None),
        (b"RIFF\x10\0\0\0WAVEfmt " + bytes(60), None),
    ],
)
def test_what_images_say_of_themselves(data: bytes, expected: ImageHeader | None) -> None:
    assert read_header(data) == expected

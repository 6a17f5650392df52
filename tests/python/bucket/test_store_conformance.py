"""What every store promises, asked of all of them: in memory, a folder, and three S3 servers, one also over TLS."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from session_mirror.bucket.store import ObjectMissing, Store
from session_mirror.errors import MirrorError

SESSION = "sessions/claude-code/abc"
PART = f"{SESSION}/part-00001-0000000a.jsonl"


def keys(store: Store, prefix: str = "") -> list[str]:
    return [found.key for found in store.list(prefix)]


def test_an_empty_store_lists_nothing(store: Store) -> None:
    assert keys(store) == []
    assert keys(store, "sessions/claude-code/") == []


def test_what_was_put_reads_back_and_is_listed_with_its_size(store: Store) -> None:
    store.put(PART, b'{"a":1}\n')
    assert store.get(PART) == b'{"a":1}\n'
    assert store.size(PART) == 8
    (found,) = store.list(f"{SESSION}/")
    assert (found.key, found.size) == (PART, 8)


def test_a_listing_says_when_an_object_was_written(store: Store) -> None:
    store.put(PART, b"1")
    (first,) = store.list("")
    store.put(f"{SESSION}/part-00002-0000000b.jsonl", b"2")
    _, second = store.list("")
    assert 1_600_000_000_000 < first.modified_ms <= second.modified_ms


def test_a_listing_is_in_key_order_across_folders(store: Store) -> None:
    wanted = [
        f"{SESSION}-1/part-00001-00000001.jsonl",
        f"{SESSION}/meta.json",
        f"{SESSION}/part-00001-00000001.jsonl",
        f"{SESSION}/part-00002-00000002.jsonl",
        f"{SESSION}/tool-results/x.txt",
        f"{SESSION}~agent-1/meta.json",
        f"{SESSION}~g2/meta.json",
        "sessions/codex/z/meta.json",
    ]
    for key in reversed(wanted):
        store.put(key, b"x")
    assert keys(store) == wanted


def test_a_prefix_is_matched_to_the_letter(store: Store) -> None:
    for name in ("abc/meta.json", "abcd/meta.json", "ab/meta.json", "abc~g2/meta.json"):
        store.put(f"sessions/claude-code/{name}", b"x")
    assert keys(store, f"{SESSION}/") == [f"{SESSION}/meta.json"]
    assert keys(store, SESSION) == [
        f"{SESSION}/meta.json",
        "sessions/claude-code/abcd/meta.json",
        f"{SESSION}~g2/meta.json",
    ]
    assert keys(store, f"{SESSION}/m") == [f"{SESSION}/meta.json"]
    assert keys(store, f"{SESSION}/meta.json/") == []
    assert keys(store, "sessions/codex/") == []


@pytest.mark.parametrize("store", ["memory", "local", "ministack", "rclone"], indirect=True)
def test_a_listing_goes_on_beyond_a_page_of_a_thousand(store: Store) -> None:
    wanted = [f"{SESSION}/part-{number:05d}-{number:08x}.jsonl" for number in range(1003)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.put(key, b"x"), wanted))
    assert keys(store, f"{SESSION}/") == wanted
    assert store.delete(wanted) == []
    assert keys(store) == []


def test_a_part_of_an_object_is_exactly_the_bytes_asked_for(store: Store) -> None:
    body = b"0123456789"
    store.put(PART, body)
    for start, length in ((0, 4), (3, 4), (9, 1), (8, 100), (10, 1), (50, 5), (4, 0)):
        assert store.get(PART, start, length) == body[start : start + length], (start, length)
    for start in (0, 7, 10, 50):
        assert store.get(PART, start) == body[start:], start


def test_a_missing_key_is_told_from_other_failures(store: Store) -> None:
    store.put(PART, b"x")
    missing = f"{SESSION}/part-00009-00000009.jsonl"
    assert store.size(missing) is None
    for start, length in ((0, None), (5, 5), (0, 0)):
        with pytest.raises(ObjectMissing) as caught:
            store.get(missing, start, length)
        assert (caught.value.key, caught.value.kind) == (missing, "notFound")


def test_a_folder_is_not_an_object(store: Store) -> None:
    store.put(PART, b"x")
    assert store.size(SESSION) is None
    with pytest.raises(ObjectMissing):
        store.get(SESSION)


def test_putting_again_replaces_the_whole_object(store: Store) -> None:
    store.put(f"{SESSION}/meta.json", b'{"long":"long long"}')
    store.put(f"{SESSION}/meta.json", b"{}")
    assert store.get(f"{SESSION}/meta.json") == b"{}"
    assert [found.size for found in store.list("")] == [2]


def test_deleting_is_exact_and_a_missing_key_counts_as_deleted(store: Store) -> None:
    others = [f"{SESSION}/part-00002-0000000b.jsonl", f"{SESSION}~g2/meta.json"]
    for key in (PART, *others):
        store.put(key, b"x")
    assert store.delete([PART, f"{SESSION}/part-00009-00000009.jsonl", "sessions/none/x/meta.json"]) == []
    assert store.delete([PART]) == []
    assert store.delete([]) == []
    assert keys(store) == others


def test_a_deleted_key_can_be_put_again(store: Store) -> None:
    store.put(PART, b"first")
    store.delete([PART])
    store.put(PART, b"second")
    assert store.get(PART) == b"second"


def test_an_empty_object_is_an_object(store: Store) -> None:
    store.put(PART, b"")
    assert store.get(PART) == b""
    assert store.get(PART, 0, 10) == b""
    assert store.size(PART) == 0
    assert [found.size for found in store.list("")] == [0]


def test_nine_mebibytes_of_any_bytes_come_back_unchanged(store: Store) -> None:
    block = bytes(range(256)) * 4096
    body = b"".join(hashlib.sha256(bytes([number])).digest() + block for number in range(9))
    store.put(PART, body)
    assert store.get(PART) == body
    assert store.get(PART, 5 << 20, 3 << 20) == body[5 << 20 : 8 << 20]
    assert store.size(PART) == len(body)


def test_keys_keep_their_spelling(store: Store) -> None:
    names = ["a%2Fb", "%2E%2E", "a~g2", "a~agent-b", "A.b_c-d=e", "a+b c&d", "žluť-会話", "x" * 200, ".hidden", "a..b"]
    written = {f"sessions/claude-code/{name}/meta.json": name.encode() for name in names}
    for key, body in written.items():
        store.put(key, body)
    assert keys(store) == sorted(written)
    assert {key: store.get(key) for key in written} == written
    assert store.delete(written) == []
    assert [store.size(key) for key in written] == [None] * len(written)


def test_what_is_no_key_is_refused_before_anything_is_sent(store: Store) -> None:
    for key in ("", "/a", "a/", "a//b", "../a", "a/../b", "a/.", "a\\b", "a\0b", "a\nb", "a/\ud800", "x" * 300):
        for call in (lambda key: store.put(key, b"x"), store.get, store.size, lambda key: store.delete([key])):
            with pytest.raises(MirrorError) as caught:
                call(key)
            assert (caught.value.kind, type(caught.value)) == ("bug", MirrorError), key
    assert keys(store) == []


def test_a_prefix_cannot_climb(store: Store) -> None:
    for prefix in ("../", "sessions/../../", "/etc/", "a//"):
        with pytest.raises(MirrorError):
            next(store.list(prefix), None)


def test_sixteen_threads_can_put_and_read_at_once(store: Store) -> None:
    bodies = {
        f"sessions/claude-code/s{number % 7}/part-{number:05d}-00000000.jsonl": b"%d\n" % number * 500
        for number in range(64)
    }
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda item: store.put(*item), bodies.items()))
        read = dict(zip(bodies, pool.map(store.get, bodies), strict=True))
    assert read == bodies
    assert keys(store) == sorted(bodies)


def test_the_same_bytes_can_be_put_again_and_again(store: Store) -> None:
    for _ in range(3):
        store.put(PART, b"same\n")
    assert store.get(PART) == b"same\n"
    assert keys(store) == [PART]

"""A real S3 store behind a network that does what networks do: shown for what it is, waited out, caught up with."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from session_mirror.bucket import s3_client, s3_sockets
from session_mirror.bucket.destination import open_store
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import ErrorKind
from support.fault_rig import Rig, until
from support.servers import S3Server
from support.tcp_proxy import TcpProxy, Toxic, http_reply, seeded, tcp_proxy

PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>"


@pytest.fixture
def proxy(ministack_server: S3Server) -> Iterator[TcpProxy]:
    with tcp_proxy(ministack_server.endpoint_url) as running:
        yield running


@pytest.fixture
def rig(ministack_server: S3Server, proxy: TcpProxy, tmp_path: Path) -> Iterator[Rig]:
    """A follower whose store lies behind the proxy, and whose truth does not."""
    destination = ministack_server.destination(f"faults/{secrets.token_hex(6)}")
    truth = open_store(destination, default_dir=tmp_path / "unused")
    store = open_store(attrs.evolve(destination, endpoint_url=proxy.endpoint_url), default_dir=tmp_path / "unused")
    yield Rig(tmp_path, store, truth)
    store.close()
    truth.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> float:
    """Time limits of two seconds, so that tests need not wait for ours."""
    limit = 2.0
    monkeypatch.setattr(s3_client, "_READ_S", limit)
    monkeypatch.setattr(s3_client, "_CONNECT_S", limit)
    monkeypatch.setattr(s3_sockets, "STALLED_S", limit)
    return limit


@pytest.mark.parametrize(
    "toxic",
    [
        Toxic("cut request"),
        Toxic("cut request", after=700),
        Toxic("lose answer"),
        Toxic("cut answer", after=30),
        Toxic("hang"),
    ],
    ids=lambda toxic: f"{toxic.kind} after {toxic.after}",
)
def test_a_broken_line_is_a_network_problem_and_is_caught_up_with(
    rig: Rig, proxy: TcpProxy, impatient: float, toxic: Toxic
) -> None:
    with rig.following():
        rig.begin()
        proxy.use(toxic)
        rig.append("s", b"two\n")
        rig.shows("network", "network")
        rig.append("s", b"three\n")
        proxy.calm()
        rig.is_well()
    assert proxy.counts[toxic.kind] >= 2


def test_a_store_that_nobody_serves_any_more_is_a_network_problem_until_it_is_back(rig: Rig, proxy: TcpProxy) -> None:
    with rig.following():
        rig.begin()
        proxy.refuse()
        rig.append("s", b"two\n")
        rig.shows("network", "network")
        proxy.accept()
        rig.is_well()


@pytest.mark.parametrize(
    ("reply", "kind", "remedy"),
    [
        (http_reply("503 Slow Down", "SlowDown", retry_after="1"), "throttled", "slows down"),
        (http_reply("429 Too Many Requests", "TooManyRequests"), "throttled", "slows down"),
        (http_reply("500 Internal Server Error", "InternalError"), "network", "tries again"),
        (http_reply("403 Forbidden", "RequestTimeTooSkewed"), "auth", "clock"),
        (http_reply("400 Bad Request", "ExpiredToken"), "auth", "Sign in again"),
        (http_reply("403 Forbidden", "InvalidAccessKeyId"), "auth", "access key"),
        (http_reply("403 Forbidden", "AccessDenied"), "auth", "s3:PutObject"),
        (http_reply("404 Not Found", "NoSuchBucket"), "notFound", "Create the bucket"),
        (http_reply("301 Moved Permanently", "PermanentRedirect"), "notFound", "region"),
        (http_reply("409 Conflict", "OperationAborted"), "conflict", "tries again"),
        (http_reply("507 Insufficient Storage", "XMinioStorageFull"), "disk", "quota"),
        (http_reply("302 Found", Location="http://portal.example/"), "notFound", "sign-in"),
        (http_reply("511 Network Authentication Required"), "network", "sign-in"),
        (PORTAL, "network", "sign-in"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "network", "network"),
    ],
    ids=lambda value: value[:40].decode().split("\r")[0] if isinstance(value, bytes) else "",
)
def test_each_refusal_is_shown_for_what_it_is_and_caught_up_with(
    rig: Rig, proxy: TcpProxy, reply: bytes, kind: ErrorKind, remedy: str
) -> None:
    with rig.following() as follower:
        rig.begin()
        proxy.use(Toxic("reply", reply=reply))
        rig.append("s", b"two\n")
        rig.shows(kind, remedy)
        rig.append("s", b"three\n")
        proxy.calm()
        follower.hurry()
        rig.is_well()


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_fails_at_random_ends_up_exact(rig: Rig, proxy: TcpProxy, seed: int) -> None:
    toxics = [Toxic("cut request", 500), Toxic("lose answer"), Toxic("cut answer", 20), Toxic("pass", delay_s=0.2)]
    proxy.weather(seeded(0.3, seed, toxics))
    names = [f"s{number}" for number in range(4)]
    with rig.following() as follower:
        for step in range(12):
            for name in names:
                rig.append(name, b"%s step %d %s\n" % (name.encode(), step, b"x" * step * 97))
            before = proxy.counts["pass"]
            follower.hurry()
            until(lambda before=before: proxy.counts["pass"] > before, "a step")  # type: ignore[misc]
        proxy.calm()
        follower.hurry()
        rig.is_well(*names)
    assert sum(proxy.counts.values()) > proxy.counts["pass"]


def test_an_upload_over_a_slow_line_is_not_cut_while_it_makes_progress(
    rig: Rig, proxy: TcpProxy, impatient: float
) -> None:
    body = b"z" * 600_000
    rig.store.put("warm", b"")
    proxy.bytes_per_s = len(body) / (4 * impatient)
    begun = time.monotonic()
    rig.store.put("large", body)
    assert time.monotonic() - begun > 3 * impatient
    assert rig.truth.get("large") == body


def test_a_download_over_a_slow_line_is_not_cut_while_it_makes_progress(
    rig: Rig, proxy: TcpProxy, impatient: float
) -> None:
    body = b"z" * 600_000
    rig.truth.put("large", body)
    rig.store.put("warm", b"")
    proxy.bytes_per_s = len(body) / (4 * impatient)
    assert rig.store.get("large") == body


@pytest.mark.parametrize("toxic", [Toxic("hang"), None], ids=["swallowed", "not taken"])
def test_an_upload_that_makes_no_progress_is_given_up(
    rig: Rig, proxy: TcpProxy, impatient: float, toxic: Toxic | None
) -> None:
    rig.store.put("warm", b"")
    if toxic:
        proxy.use(toxic)
    else:
        proxy.bytes_per_s = 0.01
    begun = time.monotonic()
    with pytest.raises(MirrorError) as caught:
        rig.store.put("large", b"z" * 4_000_000)
    assert caught.value.kind == "network"
    assert time.monotonic() - begun < 5 * impatient


def test_a_sign_in_page_is_never_taken_for_an_object(rig: Rig, proxy: TcpProxy) -> None:
    rig.truth.put("object", b"0123456789abc")
    proxy.use(Toxic("reply", reply=PORTAL))
    calls = (lambda: rig.store.get("object"), lambda: rig.store.get("object", 2, 5), lambda: rig.store.size("object"))
    for call in calls:
        with pytest.raises(MirrorError) as caught:
            call()
        assert (caught.value.kind, "sign-in" in caught.value.hint) == ("network", True)


def test_what_arrives_after_its_sender_gave_up_changes_nothing(rig: Rig, proxy: TcpProxy, impatient: float) -> None:
    """The first attempts are held for longer than we wait, and land behind what was uploaded after them."""
    with rig.following() as follower:
        rig.begin()
        proxy.once(*[Toxic("pass", delay_s=impatient * 1.5)] * 2)
        rig.append("s", b"two\n")
        rig.shows("network", "network")
        rig.append("s", b"three\n")
        follower.hurry()
        rig.is_well()
        rig.append("s", b"four\n")
        rig.is_well()

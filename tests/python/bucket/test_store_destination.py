"""What a user writes as a destination becomes the store they mean, or a clear refusal that repeats no secret."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from session_mirror.bucket.destination import open_store
from session_mirror.bucket.local import LocalStore
from session_mirror.bucket.local_path import file_url, parse_folder
from session_mirror.bucket.s3 import S3Store
from session_mirror.bucket.s3_place import normal_endpoint, parse_place
from session_mirror.bucket.store import Store
from session_mirror.errors import MirrorError
from session_mirror.protocol.mirror import Credentials, Destination

DEFAULT = Path("/state/bucket")


def opened(url: str, endpoint_url: str | None = None) -> Store:
    return open_store(Destination(url=url, endpoint_url=endpoint_url), default_dir=DEFAULT)


def refused(url: str, endpoint_url: str | None = None) -> MirrorError:
    with pytest.raises(MirrorError) as caught:
        opened(url, endpoint_url)
    return caught.value


def test_no_url_means_the_default_folder() -> None:
    store = opened("")
    assert isinstance(store, LocalStore)
    assert (store.label, store.url) == ("/state/bucket", "file:///state/bucket")


@pytest.mark.parametrize(
    "text",
    ["/home/me/my mirror", "/home/me/my mirror/", "file:///home/me/my%20mirror", "file:///home/me/my%20mirror/",
     "file://localhost/home/me/my%20mirror", "FILE:///home//me/./my%20mirror", "  /home/me/my mirror "],
)  # fmt: skip
def test_one_folder_has_one_url_however_it_is_written(text: str) -> None:
    store = opened(text)
    assert (store.url, store.label) == ("file:///home/me/my%20mirror", "/home/me/my mirror")


def test_the_home_folder_can_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert opened("~/mirror").url == "file:///home/me/mirror"


@pytest.mark.parametrize(
    ("text", "path", "url"),
    [
        (r"C:\Users\me\my mirror", r"C:\Users\me\my mirror", "file:///C:/Users/me/my%20mirror"),
        ("c:/Users/me", r"c:\Users\me", "file:///c:/Users/me"),
        ("file:///C:/Users/me/", r"C:\Users\me", "file:///C:/Users/me"),
        (r"\\nas\share\me", r"\\nas\share\me", "file://nas/share/me"),
        ("file://nas/share/me", r"\\nas\share\me", "file://nas/share/me"),
    ],
)
def test_windows_folders_are_understood(text: str, path: str, url: str) -> None:
    folder = parse_folder(text, windows=True)
    assert (str(folder), file_url(folder)) == (path, url)
    assert parse_folder(url, windows=True) == folder


segments = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters='/\\:*?"<>|~'), min_size=1, max_size=12
).filter(lambda text: text.strip(". ") == text)


@given(st.lists(segments, min_size=1, max_size=5))
def test_a_folder_s_url_leads_back_to_it(names: list[str]) -> None:
    posix = PurePosixPath("/", *names)
    assert parse_folder(file_url(posix), windows=False) == posix
    windows = PureWindowsPath("C:/", *names)
    assert parse_folder(file_url(windows), windows=True) == windows


@pytest.mark.parametrize(
    "text", ["mirror", "./mirror", "../mirror", "file:mirror", "/home/../etc", "file:///a/%2e%2e/b", "file://nas/share",
             "file:///a?b", "file:///a#b", "/a\0b", r"C:\mirror", "file:///a%00b"]
)  # fmt: skip
def test_a_folder_that_could_mean_anything_is_refused(text: str) -> None:
    with pytest.raises(MirrorError) as caught:
        parse_folder(text, windows=False)
    assert caught.value.kind == "conflict"
    assert caught.value.hint


def test_a_bucket_and_its_project_are_told_apart() -> None:
    store = opened("s3://my-bucket/project/sub/")
    assert isinstance(store, S3Store)
    assert (store.label, store.url) == ("my-bucket/project/sub", "s3://my-bucket/project/sub")
    assert (opened("s3://my-bucket").label, opened("S3://my-bucket/").url) == ("my-bucket", "s3://my-bucket")
    assert opened("s3://my-bucket/my%20project").url == opened("s3://my-bucket/my project").url


def test_an_endpoint_is_part_of_what_a_place_is_unless_it_is_amazon_s() -> None:
    url = "s3://b-b/p?endpoint=https://s3.example.com:9000"
    assert opened("s3://b-b/p", endpoint_url="HTTPS://S3.Example.com:9000/").url == url
    assert opened(url).url == url
    assert opened(url, endpoint_url="https://s3.example.com:9000").url == url
    assert opened("s3://b-b/p", endpoint_url="https://s3.eu-west-1.amazonaws.com").url == "s3://b-b/p"
    assert opened("s3://b-b/p", endpoint_url="https://amazonaws.com.example.com").url != "s3://b-b/p"
    assert "endpoint" in refused(url, endpoint_url="https://other.example.com").message


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(["", ":80", ":443", ":9000"]),
    st.sampled_from(["", "/", "/ns/"]),
)
def test_a_normal_endpoint_stays_as_it_is(scheme: str, port: str, path: str) -> None:
    normal = normal_endpoint(f"{scheme}://[::1]{port}{path}")
    assert normal_endpoint(normal) == normal


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({}, None),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000/"}, "http://127.0.0.1:9000"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9001"}, "http://127.0.0.1:9001"),
        ({"AWS_ENDPOINT_URL": "http://no", "AWS_ENDPOINT_URL_S3": "http://yes"}, "http://yes"),
        ({"AWS_ENDPOINT_URL_S3": "http://no", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, None),
    ],
)
def test_the_environment_s_endpoint_is_used_as_by_other_tools(environ: dict[str, str], endpoint: str | None) -> None:
    assert parse_place(Destination(url="s3://bucket/p"), environ).endpoint_url == endpoint
    explicit = Destination(url="s3://bucket/p", endpoint_url="http://mine")
    assert parse_place(explicit, environ).endpoint_url == "http://mine"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("hf://buckets/me/sessions", "not supported yet"),
        ("https://s3.example.com/bucket", "not supported"),
        ("gs://bucket/x", "not supported"),
        ("s3://", "bucket"),
        ("s3:///project", "bucket"),
        ("s3://b/p", "bucket"),
        ("s3://bu cket/p", "bucket"),
        ("s3://bucket:9000/p", "bucket"),
        ("s3://bucket/a/../b", "project"),
        ("s3://bucket/a//b", "project"),
        ("s3://bucket/%2e%2e", "project"),
        ("s3://bucket/p#x", "project"),
        ("s3://bucket/p?profile=x", "endpoint"),
        ("s3://bucket/p?endpoint=ftp://x", "endpoint"),
        ("s3://[bucket/p", "URL"),
    ],
)
def test_what_cannot_be_a_destination_is_refused_with_a_way_out(url: str, says: str) -> None:
    error = refused(url)
    assert says in error.message
    assert (error.kind, bool(error.hint)) == ("conflict", True)


@pytest.mark.parametrize(
    "url",
    ["s3://AKIA:hunter2@bucket/p", "https://me:hunter2@example.com", "hf://me:hunter2@x", "file://me:hunter2@nas/x",
     "s3://bucket/p?endpoint=http://me:hunter2@host", "s3://bucket/p?secret=hunter2", "hunter2:x", "s3://hunter2:hunter2/",
     "hunter2/relative"],
)  # fmt: skip
def test_a_refusal_never_repeats_what_may_be_a_secret(url: str) -> None:
    error = refused(url)
    assert "hunter2" not in error.message + error.hint + repr(error)


def test_keys_in_a_url_are_called_burnt() -> None:
    for url in ("s3://AKIA:hunter2@bucket/p", "hf://me:hunter2@x/y"):
        assert "replace those keys" in refused(url).hint


def test_an_endpoint_with_a_password_is_refused() -> None:
    assert "hunter2" not in refused("s3://bucket/p", endpoint_url="https://me:hunter2@host").message


def test_nothing_that_is_printed_holds_the_keys() -> None:
    keys = Credentials(access_key_id="AKID", secret_access_key="hunter2", session_token="hunter3")
    destination = Destination(url="s3://bucket/p", credentials=keys)
    store = open_store(destination, default_dir=DEFAULT)
    shown = repr(store) + str(store) + store.url + store.label + repr(destination) + repr(keys)
    assert "hunter" not in shown

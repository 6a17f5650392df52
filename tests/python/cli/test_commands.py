"""The contract that scripts rely on: what each command prints, leaves behind and returns."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

from support.terminal import SESSION, Terminal
from support.transcripts import Transcript

SECRET = b"AKIA" + b"Q" * 16
WAIT_S = 30


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    beat = threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"not within {WAIT_S} s: {what}"
        beat.wait(0.05)


def ended(process: subprocess.Popen[bytes], number: signal.Signals) -> tuple[int, str]:
    process.send_signal(number)
    out, _ = process.communicate(timeout=WAIT_S)
    return process.returncode, out.decode()


def test_mirror_once_uploads_what_is_new_and_then_says_that_nothing_is(terminal: Terminal) -> None:
    first = terminal.run("mirror")
    assert (first.code, first.text.split()[0]) == (0, "uploaded")
    assert terminal.stream() == terminal.transcript.read_bytes()
    second = terminal.run("mirror")
    assert (second.code, second.text.split(":")[0]) == (0, "nothing new")
    assert len(terminal.parts()) == 1


def test_mirror_picks_the_most_recently_active_session_of_the_directory(terminal: Terminal) -> None:
    other = Transcript(cwd=str(terminal.workspace.resolve()))
    other.prompt("newer")
    path = terminal.transcript.with_name(other.session_id + ".jsonl")
    path.write_bytes(other.data())
    assert terminal.run("mirror").code == 0
    assert terminal.stream(other.session_id) == path.read_bytes()
    assert terminal.parts() == []
    assert terminal.run("mirror", "--session-id", SESSION, "--harness", "claude-code").code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()


def test_mirror_takes_secrets_out_unless_told_otherwise(terminal: Terminal) -> None:
    terminal.append(b'{"type":"system","content":"' + SECRET + b'"}\n')
    assert "aws_access_key" in terminal.run("mirror").text
    assert SECRET not in terminal.stream()
    terminal.append(b'{"type":"system","content":"' + SECRET + b'"}\n')
    assert terminal.run("mirror", "--no-redact").code == 0
    assert terminal.stream().endswith(SECRET + b'"}\n')


def test_mirror_leaves_few_bytes_for_later(terminal: Terminal) -> None:
    assert terminal.run("mirror", "--min-bytes", "1000000").text.startswith("nothing new")
    assert terminal.parts() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_follow_ends_cleanly_on_a_signal_with_everything_uploaded_and_the_end_stamped(
    terminal: Terminal, number: signal.Signals
) -> None:
    process = terminal.start("mirror", "--follow", "--interval", "3600")
    until(lambda: terminal.bucket.exists() and bool(terminal.parts()), "the first part")
    terminal.append(b'{"type":"system","subtype":"late"}\n')
    code, _ = ended(process, number)
    assert code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()
    assert json.loads(terminal.run("show", SESSION).text)["ended_at"] is not None


@pytest.mark.parametrize(("options", "parts"), [((), 1), (("--no-compact",), 5)], ids=["by itself", "unwanted"])
def test_follow_merges_small_parts_at_the_end_unless_told_not_to(
    terminal: Terminal, options: tuple[str, ...], parts: int
) -> None:
    process = terminal.start("mirror", "--follow", "--interval", "0.2", *options)
    for number in range(1, 6):
        until(lambda: terminal.bucket.exists() and terminal.stream() == terminal.transcript.read_bytes(), "the upload")
        if number < 5:
            terminal.append(b'{"type":"system","subtype":"%d"}\n' % number)
    assert len(terminal.parts()) == 5
    assert ended(process, signal.SIGTERM)[0] == 0
    assert len(terminal.parts()) == parts
    assert terminal.stream() == terminal.transcript.read_bytes()


def test_all_follows_sessions_that_begin_later(terminal: Terminal) -> None:
    first = terminal.transcript.read_bytes()
    terminal.transcript.unlink()
    process = terminal.start("mirror", "--all", "--interval", "0.2")
    terminal.transcript.write_bytes(first)
    until(lambda: terminal.bucket.exists() and bool(terminal.parts()), "the first session")
    other = Transcript(cwd=str(terminal.workspace.resolve()))
    other.prompt("later")
    terminal.transcript.with_name(other.session_id + ".jsonl").write_bytes(other.data())
    until(lambda: terminal.stream(other.session_id) == other.data(), "the later session")
    assert ended(process, signal.SIGTERM)[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("mirror", "--all", "--session-id", "x"),
        ("mirror", "--interval", "0"),
        ("mirror", "--interval", "-1"),
        ("mirror", "--interval", "nan"),
        ("mirror", "--harness", "nobody"),
        ("mirror", "--min-bytes", "0"),
        ("compact", SESSION, "--keep-tail", "-1"),
        ("show", SESSION, "--raw", "--tail", "3"),
        ("list", "--sort-by", "colour"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_refused_with_code_two(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    ran = terminal.run(*arguments)
    assert ran.code == 2
    assert "Error:" in ran.err


@pytest.mark.parametrize(
    ("arguments", "destination"),
    [
        (("mirror", "--session-id", "nobody"), None),
        (("mirror", "--follow", "--session-id", "nobody"), None),
        (("mirror", "--follow", "--cwd", "/usr"), None),
        (("mirror", "--cwd", "/usr"), None),
        (("show", "nobody"), None),
        (("compact", "nobody"), None),
        (("stop", "nobody"), None),
        (("mirror",), "hf://somebody/something"),
        (("list",), "ftp://x"),
        (("mirror",), "s3://no-such-bucket/p"),
        (("mirror",), "file:///nonexistent-folder/below/it"),
    ],
)
def test_an_error_is_one_clear_message_with_a_remedy_and_code_one(
    terminal: Terminal, arguments: tuple[str, ...], destination: str | None
) -> None:
    more = {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
    if destination is not None:
        more["SESSION_MIRROR_DESTINATION"] = destination
    ran = terminal.run(*arguments, **more)
    assert ran.code == 1
    assert ran.err.startswith("Error: ")
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 2


def test_list_shows_people_a_table_and_programs_json(terminal: Terminal) -> None:
    assert terminal.run("list").text == "(no sessions)\n"
    assert json.loads(terminal.run("list", "--json").text) == []
    terminal.run("mirror")
    assert "tidy the parser" in terminal.run("list", "--limit", "5", "--sort-by", "size").text
    (row,) = json.loads(terminal.run("list", "--json", "--harness", "claude-code").text)
    assert (row["session_id"], row["title"], row["part_count"]) == (SESSION, "tidy the parser", 1)
    assert row["stream_bytes"] == terminal.transcript.stat().st_size


def test_show_prints_meta_the_tail_or_exactly_the_bytes(terminal: Terminal) -> None:
    terminal.append(b'\xff\x00 not text\n{"type":"system","subtype":"last"}\n')
    terminal.run("mirror")
    assert json.loads(terminal.run("show", SESSION).text)["session_id"] == SESSION
    tail = terminal.run("show", SESSION, "--tail", "1").text
    assert tail.endswith('--- tail ---\n{"type":"system","subtype":"last"}\n')
    assert terminal.run("show", SESSION, "--raw").out == terminal.transcript.read_bytes()


def test_show_means_the_newest_generation_and_can_name_the_first(terminal: Terminal) -> None:
    first = terminal.transcript.read_bytes()
    terminal.run("mirror")
    rewritten = first.replace(b"tidy", b"undo")
    terminal.transcript.write_bytes(rewritten)
    terminal.run("mirror")
    assert terminal.run("show", SESSION, "--raw").out == rewritten
    assert terminal.run("show", f"{SESSION}~g1", "--raw").out == first
    assert terminal.run("show", f"{SESSION}~g2", "--raw").out == rewritten


def test_list_shows_a_rewritten_session_once_and_its_past_on_demand(terminal: Terminal) -> None:
    first = terminal.transcript.read_bytes()
    terminal.run("mirror")
    terminal.transcript.write_bytes(first.replace(b"tidy", b"undo"))
    terminal.run("mirror")
    listed = terminal.run("list")
    assert listed.text.count(SESSION) == 1
    assert "1 session with earlier generations: see --all-generations." in listed.err
    (row,) = json.loads(terminal.run("list", "--json").text)
    assert (row["session_id"], row["generation"], row["history_count"]) == (SESSION, 2, 1)
    newest, oldest = json.loads(terminal.run("list", "--json", "--all-generations").text)
    assert (newest["session_id"], newest["title"]) == (SESSION, "undo the parser")
    assert (oldest["session_id"], oldest["title"]) == (f"{SESSION}~g1", "tidy the parser")
    assert terminal.run("show", oldest["session_id"], "--raw").out == first
    assert terminal.run("list", "--all-generations").text.count(SESSION) == 2


def test_list_says_that_a_deleted_session_is_only_in_your_bucket(terminal: Terminal) -> None:
    terminal.run("mirror")
    assert " live " in terminal.run("list").text
    terminal.transcript.unlink()
    assert " only in your bucket " in terminal.run("list").text


def test_compact_merges_the_parts_and_changes_no_byte(terminal: Terminal) -> None:
    for number in range(5):
        terminal.append(b'{"type":"system","subtype":"%d"}\n' % number)
        terminal.run("mirror")
    before = terminal.run("show", SESSION, "--raw").out
    kept = terminal.run("compact", SESSION, "--keep-tail", "2")
    assert "5 -> 3 parts" in kept.text
    done = terminal.run("compact", SESSION)
    assert (done.code, len(terminal.parts())) == (0, 1)
    assert terminal.run("show", SESSION, "--raw").out == before == terminal.transcript.read_bytes()
    assert len(json.loads(terminal.run("show", SESSION).text)["parts"]) == 1
    again = terminal.run("compact", SESSION)
    assert (again.code, again.text.split(":")[0]) == (0, "nothing to compact")
    terminal.append(b'{"type":"system","subtype":"after"}\n')
    terminal.run("mirror")
    assert terminal.stream() == terminal.transcript.read_bytes()


def test_stop_ends_a_following_process_and_lasts_until_the_session_is_named_again(terminal: Terminal) -> None:
    process = terminal.start("mirror", "--all", "--interval", "0.2")
    until(lambda: terminal.bucket.exists() and bool(terminal.parts()), "the first part")
    stopped = terminal.run("stop", SESSION)
    assert (stopped.code, "meta_marked_ended=True" in stopped.text) == (0, True)
    mirrored = terminal.stream()
    terminal.append(b'{"type":"system","subtype":"unseen"}\n')
    assert ended(process, signal.SIGTERM)[0] == 0
    assert terminal.stream() == mirrored
    assert terminal.run("mirror", "--session-id", SESSION).code == 0
    assert terminal.stream() == terminal.transcript.read_bytes()

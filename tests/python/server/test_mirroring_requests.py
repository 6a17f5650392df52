"""Configuring, pausing, stopping and resuming over the wire, against real files."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from session_mirror.journal.locks import SessionLock
from support.following import until
from support.helper_home import HARNESS, KEY, SESSION, HelperHome, durable
from support.lsp_client import LspClient, RpcError

OTHER = "0f1e2d3c-0000-4000-8000-000000000002"


def rows(client: LspClient, scope: str = "workspace") -> dict[str, dict[str, Any]]:
    listed = client.request("sessionMirror/sessions/list", {"scope": scope})
    assert listed["problem"] is None
    return {row["sessionId"]: row for row in listed["sessions"]}


def tells_of_a_stop(params: dict[str, Any]) -> bool:
    return any(row["state"] == "stopped" for row in params["changed"])


def test_another_destination_takes_over_and_the_old_one_keeps_what_it_has(home: HelperHome, tmp_path: Path) -> None:
    first = home.write("first")
    client = home.start()
    home.configure(client)
    durable(client, len(first))
    other = tmp_path / "other"
    result = home.configure(client, url=other.as_uri())
    assert result == {
        "destinationUrl": other.as_uri(),
        "destinationLabel": str(other),
        "isDefault": False,
        "isLocal": True,
    }
    client.fact("sessionMirror/mirror/didChangeHealth", lambda health: health["destinationLabel"] == str(other))
    second = home.write("second")
    client.fact(
        "sessionMirror/sessions/didChange",
        lambda params: any(row["streamBytes"] == len(first + second) for row in params["changed"]),
    )
    assert home.mirrored(folder=other) == first + second
    assert home.mirrored() == first


def test_sending_the_same_configuration_again_changes_nothing(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start()
    before = home.configure(client)
    durable(client, size)
    assert home.configure(client) == before
    assert client.request("sessionMirror/mirror/health")["uploadedBytes"] == size  # the same follower counts on


def test_paused_it_lists_and_uploads_nothing_until_resumed(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start()
    home.configure(client, enabled=False)
    assert rows(client)[SESSION]["state"] == "behind"
    assert client.request("sessionMirror/mirror/health")["phase"] == "paused"
    assert not home.mirror.exists()
    home.configure(client, enabled=True)
    durable(client, size)


def test_a_refused_destination_ends_the_old_mirroring_and_still_shows_what_is_on_disk(home: HelperHome) -> None:
    first = home.write("first")
    client = home.start()
    home.configure(client)
    durable(client, len(first))
    with pytest.raises(RpcError) as caught:
        home.configure(client, url="ftp://elsewhere/x")
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "conflict"
    assert caught.value.data["hint"]
    home.write("nowhere to go")
    health = client.fact("sessionMirror/mirror/didChangeHealth", lambda health: health["phase"] == "error")
    assert health["problem"]["message"] == caught.value.message
    listed = client.request("sessionMirror/sessions/list")
    assert listed["problem"]["message"] == caught.value.message
    assert [row["sessionId"] for row in listed["sessions"]] == [SESSION]
    opened = client.request("sessionMirror/replay/open", KEY)
    assert (opened["origin"], opened["recordCount"]) == ("disk", 2)
    with pytest.raises(RpcError, match=caught.value.message):
        client.request("sessionMirror/sessions/compact", KEY)
    assert home.mirrored() == first
    home.configure(client)
    client.fact(
        "sessionMirror/sessions/didChange",
        lambda params: any(row["mirroredSourceBytes"] > len(first) for row in params["changed"]),
    )


def test_a_stopped_session_is_left_alone_until_it_is_resumed(home: HelperHome) -> None:
    first = home.write("first")
    client = home.start()
    home.configure(client)
    durable(client, len(first))
    assert client.request("sessionMirror/sessions/stop", KEY) == {}
    client.fact("sessionMirror/sessions/didChange", tells_of_a_stop)
    second = home.write("second")
    client.fact(
        "sessionMirror/sessions/didChange",
        lambda params: tells_of_a_stop(params) and any(row["lagBytes"] == len(second) for row in params["changed"]),
    )
    assert home.mirrored() == first
    assert client.request("sessionMirror/sessions/resume", KEY) == {}
    durable(client, len(first + second))


def test_two_windows_mirror_a_session_once_and_the_second_takes_over(home: HelperHome) -> None:
    first = home.write("first")
    one, two = home.start(), home.start()
    home.configure(one)
    durable(one, len(first))
    home.configure(two)
    second = home.write("second")
    durable(one, len(first + second))
    client_two_says = two.fact(
        "sessionMirror/sessions/didChange", lambda params: any(row["state"] == "elsewhere" for row in params["changed"])
    )
    assert client_two_says
    one.process.kill()
    third = home.write("third")
    durable(two, len(first + second + third))
    assert home.mirrored() == first + second + third


def test_a_session_whose_transcript_was_deleted_stays_in_the_workspaces_list(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start()
    home.configure(client)
    durable(client, size)
    client.request("shutdown")
    client.notify("exit")
    client.wait_for_exit(5)
    home.transcript().unlink()
    again = home.start()
    home.configure(again)
    row = rows(again)[SESSION]
    assert (row["cwd"], row["streamBytes"], row["sourceBytes"]) == (str(home.workspace), size, 0)


def test_the_workspaces_list_leaves_out_what_ran_elsewhere_and_all_has_it(home: HelperHome, tmp_path: Path) -> None:
    client = home.start()
    size = len(home.write("here"))
    home.configure(client)
    durable(client, size)
    elsewhere = tmp_path / "elsewhere"
    line = home.line("there", OTHER).replace(os.fsencode(home.workspace), os.fsencode(elsewhere))
    home.transcript(OTHER, elsewhere).write_bytes(line)
    other_window = home.start()
    home.configure(other_window, folders=[str(elsewhere)])
    durable(other_window, len(line), OTHER)
    assert rows(client).keys() == {SESSION}
    assert rows(client, "all").keys() == {SESSION, OTHER}
    modified = [row["modifiedAtMs"] for row in rows(client, "all").values()]
    assert modified == sorted(modified, reverse=True)


def test_a_bucket_that_cannot_be_listed_is_a_problem_beside_what_the_disk_knows(home: HelperHome) -> None:
    home.write("first")
    client = home.start()
    home.configure(client, url=(home.root / "no" / "such" / "parent").as_uri(), enabled=False)
    listed = client.request("sessionMirror/sessions/list")
    assert [row["sessionId"] for row in listed["sessions"]] == [SESSION]
    assert listed["problem"]["kind"] in ("disk", "notFound")


def test_checking_a_destination_says_what_is_wrong_and_leaves_nothing_behind(home: HelperHome) -> None:
    client = home.start()
    good = home.root / "good"
    check = "sessionMirror/destination/check"
    assert client.request(check, {"destination": {"url": good.as_uri()}}) == {
        "destinationLabel": str(good),
        "problem": None,
    }
    assert [path for path in good.rglob("*") if path.is_file()] == []
    bad = client.request(check, {"destination": {"url": (home.root / "no" / "such").as_uri()}})
    assert bad["problem"]["hint"]
    with pytest.raises(RpcError) as caught:
        client.request(check, {"destination": {"url": "ftp://x"}})
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "conflict"


def test_before_anything_is_configured_it_says_so(home: HelperHome) -> None:
    client = home.start()
    health = client.request("sessionMirror/mirror/health")
    assert (health["phase"], health["sessionCount"]) == ("starting", 0)
    with pytest.raises(RpcError, match="not set up yet"):
        client.request("sessionMirror/replay/open", {"harness": HARNESS, "sessionId": SESSION})


def test_small_parts_are_merged_without_being_asked_only_where_that_is_wanted(home: HelperHome) -> None:
    client = home.start()
    home.configure(client, autoCompact=False)
    written = b""
    for number in range(5):
        written += home.write(f"prompt {number}")
        durable(client, len(written))
    hour_ago = time.time() - 3600
    os.utime(home.transcript(), (hour_ago, hour_ago))
    lock = SessionLock(home.root / "state", home.mirror.as_uri(), HARNESS, SESSION)
    until(lock.acquire, "the lock given up")
    assert home.part_count() == 5
    lock.release()
    home.configure(client, autoCompact=True)
    until(lambda: home.part_count() == 1, "the compaction")
    assert home.mirrored() == written


def test_an_agent_that_is_switched_off_is_not_looked_for_until_it_is_switched_on(home: HelperHome) -> None:
    home.write("first")
    client = home.start()
    home.configure(client, ignoredAgents=[HARNESS, "no-such-agent"])
    until(lambda: client.request("sessionMirror/mirror/health")["phase"] == "watching", "a look around")
    assert rows(client) == {}
    assert home.mirrored() == b""
    home.configure(client)
    until(lambda: set(rows(client)) == {SESSION}, "the session found")


def test_more_folders_of_an_agent_are_searched_and_unknown_agents_do_no_harm(home: HelperHome) -> None:
    written = home.write("first")
    (home.root / "claude").rename(home.root / "elsewhere")
    homes = [{"harness": HARNESS, "folders": ["~/elsewhere"]}, {"harness": "no-such-agent", "folders": ["/x"]}]
    client = home.start()
    home.configure(client, homes=homes)
    durable(client, len(written))
    assert set(rows(client)) == {SESSION}


def test_everything_that_is_not_understood_is_told_whatever_else_is_wrong(home: HelperHome, tmp_path: Path) -> None:
    day = home.root / ".codex" / "sessions" / "2026" / "03" / "02"
    day.mkdir(parents=True)
    rollout = day / "rollout-2026-03-02T09-00-00-0190aaaa-0000-7000-8000-000000000002.jsonl"
    rollout.write_text('{"type": "session_meta", "payload": {"cli_version": "9.9.9"}}\n')
    home.write("first")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    client = home.start()
    home.configure(client, url=(blocked / "mirror").as_uri())
    health = client.fact(
        "sessionMirror/mirror/didChangeHealth", lambda told: bool(told["findings"]) and told["errorCount"] == 1
    )
    (finding,) = health["findings"]
    assert finding["harness"] == "codex"
    assert "9.9.9" in finding["problem"]["message"]
    assert health["problem"]["kind"] != "source"

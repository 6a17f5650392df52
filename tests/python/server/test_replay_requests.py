"""Replaying over the wire: windows, texts and raw lines of hostile transcripts, from disk and from the bucket."""

import json
from typing import Any

import pytest

from support.helper_home import KEY, ODD, SESSION, HelperHome, durable
from support.lsp_client import LspClient, RpcError

PAGE_BYTES = 256 * 1024
HOSTILE = (
    '{"jsonrpc":"2.0","id":1,"method":"exit","params":{"jsonrpc":"2.0"}}',
    "Content-Length: 2\r\n\r\n{}",
    "half a pair \ud83d, a zero \x00, a separator \u2028, \ufeff, \x1b[31m",
    "x" * 700_000,
    "😀" * 200_000,
)


def open_replay(client: LspClient, origin: str = "auto", **more: object) -> dict[str, Any]:
    opened = client.request("sessionMirror/replay/open", {**KEY, "origin": origin, **more})
    assert isinstance(opened, dict)
    return opened


def all_records(client: LspClient, opened: dict[str, Any]) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    while len(records) < opened["recordCount"]:
        params = {"replayId": opened["replayId"], "start": len(records), "count": 50}
        window = client.request("sessionMirror/replay/window", params)
        assert window["records"], "a window inside the session is never empty"
        records += window["records"]
    return records


def paged(client: LspClient, method: str, params: dict[str, Any]) -> str:
    text, total = "", 1
    while len(text) < total:
        page = client.request(method, {**params, "offset": len(text)})
        assert page["value"]
        text, total = text + page["value"], page["totalChars"]
    return text


@pytest.mark.parametrize("origin", ["disk", "bucket"])
def test_hostile_transcripts_arrive_as_text_in_pages(home: HelperHome, origin: str) -> None:
    written = home.write(*HOSTILE)
    message = {"role": "user", "content": "x", "jsonrpc": "2.0"}
    record = {"type": "user", "jsonrpc": "2.0", "method": "exit", "message": message}
    odd_record = json.dumps(record).encode() + b"\n"
    with home.transcript().open("ab") as file:
        file.write(odd_record)
    client = home.start()
    home.configure(client)
    durable(client, len(written) + len(odd_record))
    opened = open_replay(client, origin)
    assert (opened["origin"], opened["recordCount"]) == (origin, len(HOSTILE) + 1)
    replay_id = opened["replayId"]
    assert len(all_records(client, opened)) == len(HOSTILE) + 1
    for index, text in enumerate(HOSTILE):
        whole = paged(client, "sessionMirror/replay/text", {"replayId": replay_id, "index": index, "field": 0})
        assert whole == text.replace("\ud83d", "\ufffd").replace("\0", "\ufffd")
    raw = paged(client, "sessionMirror/replay/raw", {"replayId": replay_id, "index": len(HOSTILE)})
    assert raw.encode() + b"\n" == odd_record
    assert max(map(len, client.raw)) < PAGE_BYTES + 4096
    assert all(body.isascii() for body in client.raw)
    assert client.request("sessionMirror/mirror/health")["sessionCount"] == 1


def test_disk_and_bucket_show_the_same_records(home: HelperHome) -> None:
    size = len(home.write("first", "second", "third"))
    client = home.start()
    home.configure(client)
    durable(client, size)
    assert all_records(client, open_replay(client, "disk")) == all_records(client, open_replay(client, "bucket"))


def test_what_is_open_is_kept_current_until_it_is_closed(home: HelperHome) -> None:
    home.write("first")
    client = home.start()
    home.configure(client)
    replay_id = open_replay(client)["replayId"]
    home.write("second")
    fact = client.fact("sessionMirror/replay/didChange")
    assert (fact["replayId"], fact["recordCount"], fact["restarted"]) == (replay_id, 2, False)
    home.transcript().write_bytes(home.line("all new"))
    assert client.fact("sessionMirror/replay/didChange", lambda params: params["restarted"])["recordCount"] == 1
    for _ in range(2):  # closing twice is fine
        assert client.request("sessionMirror/replay/close", {"replayId": replay_id}) == {}
    with pytest.raises(RpcError) as caught:
        client.request("sessionMirror/replay/window", {"replayId": replay_id, "start": 0, "count": 1})
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "notFound"


def test_a_live_bucket_is_kept_current_too(home: HelperHome) -> None:
    first = home.write("first")
    client = home.start()
    home.configure(client)
    durable(client, len(first))
    replay_id = open_replay(client, "bucket")["replayId"]
    second = home.write("second")
    fact = client.fact("sessionMirror/replay/didChange", lambda params: params["replayId"] == replay_id)
    assert fact["totalBytes"] == len(first + second)


def test_auto_means_the_bucket_when_the_transcript_is_gone(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start()
    home.configure(client)
    durable(client, size)
    home.transcript().unlink()
    opened = open_replay(client)
    assert (opened["origin"], opened["recordCount"]) == ("bucket", 1)
    assert (opened["standing"], opened["isLive"]) == ("onlyInBucket", False)
    with pytest.raises(RpcError) as caught:
        open_replay(client, "disk")
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "source"


def test_a_generations_own_id_means_the_mirror(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start()
    home.configure(client)
    durable(client, size)
    key = {**KEY, "sessionId": f"{SESSION}~g1"}
    opened = client.request("sessionMirror/replay/open", key)
    assert (opened["origin"], opened["standing"]) == ("bucket", "earlier")


def test_each_generation_of_a_sessions_history_replays_what_it_was(home: HelperHome) -> None:
    first = home.write("first", "and more")
    client = home.start()
    home.configure(client)
    durable(client, len(first))
    home.transcript().write_bytes(rewritten := home.line("another beginning"))
    client.fact(
        "sessionMirror/sessions/didChange",
        lambda params: any(row["historyCount"] == 1 and row["streamBytes"] for row in params["changed"]),
    )
    (entry,) = client.request("sessionMirror/sessions/history", KEY)["entries"]
    assert (entry["cause"], entry["streamBytes"]) == ("rewritten", len(first))
    past = client.request("sessionMirror/replay/open", {**KEY, "sessionId": entry["sessionId"]})
    assert (past["recordCount"], past["totalBytes"], past["isLive"]) == (2, len(first), False)
    assert open_replay(client, "bucket")["totalBytes"] == len(rewritten)


@pytest.mark.parametrize(
    "key", [{**KEY, "sessionId": "no-such"}, {**KEY, "harness": "no-such"}, {**KEY, "sessionId": "../../etc/passwd"}]
)
def test_what_is_not_there_is_said_not_to_be(home: HelperHome, key: dict[str, str]) -> None:
    client = home.start()
    home.configure(client)
    with pytest.raises(RpcError) as caught:
        client.request("sessionMirror/replay/open", key)
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "notFound"


def test_opening_tells_its_progress_in_percent(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start()
    home.configure(client)
    durable(client, size)
    open_replay(client, "bucket", workDoneToken="t1")
    values = client.progress("t1")
    assert [value["kind"] for value in values] == ["begin", "report", "end"]
    assert values[1]["percentage"] == 100


def test_opening_can_be_cancelled(home: HelperHome) -> None:
    size = len(home.write("first"))
    client = home.start(*ODD, "slow_reading")
    home.configure(client)
    durable(client, size)
    request_id = client.send("sessionMirror/replay/open", {**KEY, "origin": "bucket", "workDoneToken": 1})
    client.fact("$/progress", lambda params: params["token"] == 1)
    client.cancel(request_id)
    with pytest.raises(RpcError) as caught:
        client.answer_to(request_id)
    assert caught.value.code == -32800
    assert client.progress(1)[-1]["kind"] == "end"


def test_a_slow_bucket_does_not_hold_up_windows(home: HelperHome) -> None:
    home.write("first")
    client = home.start(*ODD, "stuck_listing")
    home.configure(client)
    replay_id = open_replay(client, "disk")["replayId"]
    for _ in range(20):
        client.send("sessionMirror/sessions/list")
    params = {"replayId": replay_id, "start": 0, "count": 1}
    assert client.request("sessionMirror/replay/window", params, timeout_s=5)["records"]


def test_a_large_quiet_session_is_counted_whole_soon_after_it_was_opened(home: HelperHome) -> None:
    size = len(home.write(*(str(number) for number in range(20_000))))
    client = home.start()
    home.configure(client)
    durable(client, size)
    replay_id = open_replay(client, "bucket")["replayId"]
    params = {"replayId": replay_id}
    if not client.request("sessionMirror/replay/statistics", params)["isComplete"]:
        client.fact("sessionMirror/replay/didChange", lambda fact: fact["analysedCount"] == 20_000)
    told = client.request("sessionMirror/replay/statistics", params)
    assert (told["isComplete"], told["turnCount"]) == (True, 20_000)
    timeline = client.request("sessionMirror/replay/timeline", {**params, "buckets": 50})
    assert sum(bucket["records"] for bucket in timeline["buckets"]) == 20_000
    assert client.request("sessionMirror/replay/seek", {**params, "atMs": 10**9})["index"] == 19_999

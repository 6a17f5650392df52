"""Compacting over the wire: progress, cancelling, and the same bytes before and after."""

import json
from typing import Any

import pytest

from support.helper_home import HARNESS, KEY, ODD, SESSION, HelperHome
from support.lsp_client import RpcError

COMPACT = "sessionMirror/sessions/compact"


def meta(home: HelperHome) -> dict[str, Any]:
    body = (home.mirror / "sessions" / HARNESS / SESSION / "meta.json").read_bytes()
    record = json.loads(body)
    assert isinstance(record, dict)
    return record


def test_it_merges_tells_its_progress_and_changes_no_byte(home: HelperHome, in_parts: bytes) -> None:
    client = home.start()
    home.configure(client)
    result = client.request(COMPACT, {**KEY, "keepTail": 2, "workDoneToken": "c"})
    assert result == {"merged": True, "partsBefore": 12, "partsAfter": 3, "streamBytes": len(in_parts)}
    assert home.mirrored() == in_parts
    values = client.progress("c")
    assert (values[0]["kind"], values[-1]["kind"]) == ("begin", "end")
    percentages = [value["percentage"] for value in values[:-1]]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100
    client.fact(
        "sessionMirror/sessions/didChange", lambda params: any(row["partCount"] == 3 for row in params["changed"])
    )


def test_meta_lists_the_merged_parts_and_mirroring_goes_on(home: HelperHome, in_parts: bytes) -> None:
    client = home.start()
    home.configure(client)
    client.request(COMPACT, KEY)
    (part,) = meta(home)["parts"]
    assert (part["seq"], part["uploaded_bytes"], part["cursor_range"]) == (0, len(in_parts), [0, len(in_parts)])
    more = home.write("more")
    client.fact(
        "sessionMirror/sessions/didChange",
        lambda params: any(row["streamBytes"] == len(in_parts + more) for row in params["changed"]),
    )
    assert home.mirrored() == in_parts + more


def test_a_stream_that_this_host_did_not_write_keeps_the_rest_of_its_meta(home: HelperHome, in_parts: bytes) -> None:
    before = meta(home)
    client = home.start(env={"SESSION_MIRROR_STATE_DIR": str(home.root / "other-state")})
    home.configure(client, url=home.mirror.as_uri(), enabled=False)
    client.request(COMPACT, {**KEY, "keepTail": 1})
    after = meta(home)
    assert [part["uploaded_bytes"] for part in after["parts"]] == [
        sum(part["uploaded_bytes"] for part in before["parts"][:-1]),
        before["parts"][-1]["uploaded_bytes"],
    ]
    assert {**after, "parts": []} == {**before, "parts": []}
    assert home.mirrored() == in_parts


def test_nothing_to_merge_is_an_answer(home: HelperHome, in_parts: bytes) -> None:
    client = home.start()
    home.configure(client)
    result = client.request(COMPACT, {**KEY, "keepTail": 11})
    assert result == {"merged": False, "partsBefore": 12, "partsAfter": 12, "streamBytes": len(in_parts)}


def test_cancelling_ends_it_with_the_stream_whole(home: HelperHome, in_parts: bytes) -> None:
    client = home.start(*ODD, "slow_reading")
    home.configure(client, enabled=False)
    request_id = client.send(COMPACT, {**KEY, "workDoneToken": 7})
    client.fact("$/progress", lambda params: params["token"] == 7)
    client.cancel(request_id)
    with pytest.raises(RpcError) as caught:
        client.answer_to(request_id)
    assert caught.value.code == -32800
    assert client.progress(7)[-1]["kind"] == "end"
    assert home.part_count() == 12
    assert home.mirrored() == in_parts
    assert client.request(COMPACT, KEY)["merged"]


def test_an_unknown_session_is_said_not_to_be_there(home: HelperHome) -> None:
    client = home.start()
    home.configure(client)
    with pytest.raises(RpcError) as caught:
        client.request(COMPACT, {**KEY, "workDoneToken": "x"})
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "notFound"
    assert client.progress("x")[-1]["kind"] == "end"

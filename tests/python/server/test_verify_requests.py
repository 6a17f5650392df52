"""Verifying over the wire: what is found, progress, cancelling, and the row that tells of it."""

from pathlib import Path
from typing import Any

import pytest

from session_mirror.bucket.names import session_prefix
from support.helper_home import HARNESS, KEY, ODD, SESSION, HelperHome, durable
from support.lsp_client import LspClient, RpcError

VERIFY = "sessionMirror/sessions/verify"
CHANGED = "sessionMirror/sessions/didChange"


def first_part(home: HelperHome) -> Path:
    folder = home.mirror / session_prefix(HARNESS, SESSION)
    return min(folder.glob("part-*"))


def damage(part: Path) -> None:
    """Other bytes of the same size, as a careless hand leaves them."""
    part.write_bytes(part.read_bytes().replace(b"prompt", b"Prompt"))


def told(client: LspClient, *, wrong: bool) -> dict[str, Any]:
    """The verdict of the next row that has one with such an outcome."""

    def fits(row: dict[str, Any]) -> bool:
        return row["verified"] is not None and (row["verified"]["problem"] is not None) == wrong

    fact = client.fact(CHANGED, lambda params: any(map(fits, params["changed"])))
    verdict = next(row for row in fact["changed"] if fits(row))["verified"]
    assert isinstance(verdict, dict)
    return verdict


def test_it_tells_what_it_found_how_far_it_is_and_the_row_says_when(home: HelperHome, in_parts: bytes) -> None:
    client = home.start()
    home.configure(client)
    assert client.request(VERIFY, {**KEY, "workDoneToken": "v"}) == {
        "ok": True,
        "problem": None,
        "words": "equal to its transcript",
        "partCount": 12,
        "streamBytes": len(in_parts),
        "lineCount": 12,
        "compared": "equal",
    }
    values = client.progress("v")
    assert (values[0]["kind"], values[-1]["kind"]) == ("begin", "end")
    percentages = [value["percentage"] for value in values[:-1]]
    assert percentages == sorted(percentages)
    assert percentages[-1] == 100
    assert told(client, wrong=False)["atMs"] > 0


def test_what_is_wrong_stays_in_the_row_until_the_next_good_verification(home: HelperHome, in_parts: bytes) -> None:
    client = home.start()
    home.configure(client)
    part = first_part(home)
    intact = part.read_bytes()
    damage(part)
    result = client.request(VERIFY, KEY)
    assert (result["ok"], result["words"], result["compared"]) == (False, "", "different")
    assert part.name in result["problem"]
    assert told(client, wrong=True)["problem"] == result["problem"]
    (row,) = client.request("sessionMirror/sessions/list")["sessions"]
    assert row["verified"]["problem"] == result["problem"]
    part.write_bytes(intact)
    assert client.request(VERIFY, KEY)["ok"]
    assert told(client, wrong=False)
    assert home.mirrored() == in_parts


def test_a_helper_that_starts_later_remembers_the_outcome(home: HelperHome, in_parts: bytes) -> None:
    damage(first_part(home))
    first = home.start()
    home.configure(first)
    problem = first.request(VERIFY, KEY)["problem"]
    first.kill()
    later = home.start()
    home.configure(later)
    (row,) = later.request("sessionMirror/sessions/list")["sessions"]
    assert row["verified"]["problem"] == problem
    home.transcript().unlink()
    later.fact(CHANGED, lambda params: any(row["state"] == "bucketOnly" for row in params["changed"]))
    elsewhere = home.start()
    home.configure(elsewhere, enabled=False)  # now it is a row of the bucket's
    (row,) = elsewhere.request("sessionMirror/sessions/list", {"scope": "all"})["sessions"]
    assert (row["state"], row["verified"]["problem"]) == ("bucketOnly", problem)


def test_an_earlier_generation_is_verified_by_its_exact_id_and_keeps_its_own_outcome(home: HelperHome) -> None:
    size = len(home.write("prompt one"))
    client = home.start()
    home.configure(client)
    durable(client, size)
    home.transcript().write_bytes(home.line("prompt two, which is longer"))
    client.fact(CHANGED, lambda params: any(row["generation"] == 2 for row in params["changed"]))
    result = client.request(VERIFY, {**KEY, "sessionId": f"{SESSION}~g1"})
    assert (result["ok"], result["words"], result["compared"]) == (True, "whole", None)
    (entry,) = client.request("sessionMirror/sessions/history", KEY)["entries"]
    assert entry["verified"]["problem"] is None
    (row,) = client.request("sessionMirror/sessions/list")["sessions"]
    assert row["verified"] is None


def test_cancelling_ends_it_and_notes_nothing(home: HelperHome, in_parts: bytes) -> None:
    client = home.start(*ODD, "slow_reading")
    home.configure(client, enabled=False)
    request_id = client.send(VERIFY, {**KEY, "workDoneToken": 7})
    client.fact("$/progress", lambda params: params["token"] == 7)
    client.cancel(request_id)
    with pytest.raises(RpcError) as caught:
        client.answer_to(request_id)
    assert caught.value.code == -32800
    assert client.progress(7)[-1]["kind"] == "end"
    (row,) = client.request("sessionMirror/sessions/list")["sessions"]
    assert row["verified"] is None


def test_an_unknown_session_is_said_not_to_be_there(home: HelperHome) -> None:
    client = home.start()
    home.configure(client)
    with pytest.raises(RpcError) as caught:
        client.request(VERIFY, KEY)
    assert caught.value.data is not None
    assert caught.value.data["kind"] == "notFound"

"""What an editor meets on the wire: the lifecycle, errors it can show, and frames that nothing can break."""

import json
from typing import Any

import pytest

from session_mirror.protocol.methods import REQUESTS
from support.helper_home import KEY, ODD, SESSION, HelperHome, durable
from support.lsp_client import LspClient, RpcError, framed_bytes
from support.odd_helper import SECRET

INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL, FAILED = -32600, -32601, -32602, -32603, -32803


def refused(client: LspClient, method: str, params: object = None) -> RpcError:
    with pytest.raises(RpcError) as caught:
        client.request(method, params)
    error = caught.value
    assert error.data is not None
    assert error.data.keys() == {"kind", "retryable", "hint"}
    assert "Traceback" not in json.dumps(error.data) + error.message
    return error


def test_it_announces_nothing_that_would_make_the_editor_send_documents(home: HelperHome) -> None:
    client = home.start(initialize=False)
    result = client.initialize()
    assert result["capabilities"] == {}
    assert result["serverInfo"]["name"] == "session-mirror"


def test_requests_outside_the_lifecycle_are_refused(home: HelperHome) -> None:
    client = home.start(initialize=False)
    assert refused(client, "sessionMirror/mirror/health").code == -32002
    client.initialize()
    assert refused(client, "initialize", {"capabilities": {}}).code == INVALID_REQUEST
    client.request("shutdown")
    assert refused(client, "sessionMirror/mirror/health").code == INVALID_REQUEST


def test_every_method_of_the_table_is_handled(home: HelperHome) -> None:
    client = home.start()
    for request in REQUESTS:
        try:
            client.request(request.method, {"somethingElse": 1})
        except RpcError as error:
            assert error.code in (INVALID_PARAMS, FAILED), request.method


def test_an_unknown_method_is_refused_and_an_unknown_notification_ignored(home: HelperHome) -> None:
    client = home.start()
    client.notify("sessionMirror/nothing/didHappen", {"x": 1})
    client.notify("$/somethingNew", {"x": 1})
    client.notify("textDocument/didOpen", {"textDocument": {"uri": "file:///x", "text": "x"}})
    assert refused(client, "sessionMirror/nothing/do", {}).code == METHOD_NOT_FOUND
    assert refused(client, "textDocument/hover", {}).code == METHOD_NOT_FOUND
    assert not [message for message in client.received if message.get("method") == "window/showMessage"]


def test_wrong_parameters_are_named(home: HelperHome) -> None:
    error = refused(home.start(), "sessionMirror/mirror/configure", {"folders": "x", "destination": {}})
    assert error.code == INVALID_PARAMS
    assert "$.folders" in error.message


@pytest.mark.parametrize(
    ("method", "params", "field"),
    [
        ("sessionMirror/mirror/configure", {"folders": [], "destination": {}, "intervalMs": 0}, "$.intervalMs"),
        ("sessionMirror/sessions/compact", {**KEY, "keepTail": -1}, "$.keepTail"),
    ],
)
def test_numbers_that_make_no_sense_are_named(
    home: HelperHome, method: str, params: dict[str, Any], field: str
) -> None:
    error = refused(home.start(), method, params)
    assert error.code == INVALID_PARAMS
    assert field in error.message


NO_MESSAGES = [
    b"[]",
    b"7",
    b"null",
    b'"text"',
    b"{}",
    b'{"jsonrpc":"1.0","id":1,"method":"shutdown"}',
    b'{"jsonrpc":"2.0","id":{},"method":"shutdown"}',
    b'{"jsonrpc":"2.0","id":1,"method":7}',
    b'{"jsonrpc":"2.0","id":99,"result":null}',
    b'{"jsonrpc":"2.0","id":99,"error":{}}',
    b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":12345}}',
    b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":[]}}',
    b'{"jsonrpc":"2.0","method":"$/cancelRequest"}',
    b"{not json",
    b"\xff\xfe\x00",
    b"[" * 100_000,
]


def test_what_is_no_message_does_no_harm(home: HelperHome) -> None:
    client = home.start()
    for body in NO_MESSAGES:
        client.write_raw(framed_bytes(body))
        assert client.request("sessionMirror/mirror/health")["phase"] == "starting", body[:80]


def test_a_request_with_an_id_that_is_in_use_is_refused(home: HelperHome) -> None:
    client = home.start(*ODD, "stuck_listing")
    home.configure(client)
    request_id = client.send("sessionMirror/sessions/list")
    client.write({"jsonrpc": "2.0", "id": request_id, "method": "sessionMirror/mirror/health", "params": {}})
    with pytest.raises(RpcError) as caught:
        client.answer_to(request_id)
    assert caught.value.code == INVALID_REQUEST


def test_objects_that_look_like_messages_are_only_data(home: HelperHome) -> None:
    client = home.start()
    bait = {"jsonrpc": "2.0", "id": 5, "method": "exit", "params": {"jsonrpc": "2.0", "method": "shutdown"}}
    result = home.configure(client, bait=bait)
    assert result["isDefault"]
    assert refused(client, "sessionMirror/sessions/stop", {"harness": bait, "sessionId": "x"}).code == INVALID_PARAMS


def test_huge_parameters_are_taken(home: HelperHome) -> None:
    client = home.start()
    home.configure(client)
    huge = {"harness": "claude-code", "sessionId": "\ud800x" * 2_000_000}
    assert len(refused(client, "sessionMirror/replay/open", huge).message) < 1000
    assert client.request("sessionMirror/mirror/health")["phase"] == "watching"


def test_noise_on_standard_output_does_not_reach_the_wire(home: HelperHome) -> None:
    client = home.start(*ODD, "noisy")
    home.configure(client)
    assert client.request("sessionMirror/sessions/list") == {"sessions": [], "problem": None}
    assert client.request("sessionMirror/mirror/health")["phase"] == "watching"
    for noise in (b"print\n", b"write\n", b"Content-Length: 2", b"from a child\n"):
        client.wait_for_stderr(noise)


def test_an_unexpected_error_tells_its_place_to_the_log_and_its_text_to_nobody(home: HelperHome) -> None:
    client = home.start(*ODD, "buggy")
    home.configure(client)
    error = refused(client, "sessionMirror/sessions/list")
    assert error.code == INTERNAL
    assert error.message == "Unexpected ValueError."
    client.wait_for(
        lambda message: message.get("method") == "window/logMessage" and "ValueError" in message["params"]["message"]
    )
    assert "odd_helper.py" in client.logs()
    assert SECRET.encode() not in b"".join(client.raw) + client.stderr


def test_neither_keys_nor_transcripts_are_logged(home: HelperHome) -> None:
    text, key = "what only the transcript knows", "what-only-the-keychain-knows"
    size = len(home.write(text))
    client = home.start()
    home.configure(client)
    durable(client, size)
    opened = client.request("sessionMirror/replay/open", KEY)
    client.request("sessionMirror/replay/window", {"replayId": opened["replayId"], "start": 0, "count": 9})
    before = len(client.raw)
    credentials = {"accessKeyId": "id", "secretAccessKey": key, "sessionToken": key}
    destination = {"url": "s3://bucket/project", "endpointUrl": "http://127.0.0.1:1", "credentials": credentials}
    client.request("sessionMirror/destination/check", {"destination": destination})
    client.request("sessionMirror/mirror/configure", {"folders": [str(home.workspace)], "destination": destination})
    client.fact("sessionMirror/mirror/didChangeHealth", lambda health: health["phase"] == "error")
    refused(client, "sessionMirror/mirror/configure", {"folders": 1, "destination": destination})
    assert text not in client.logs()
    assert text.encode() not in client.stderr
    assert key.encode() not in b"".join(client.raw[before:]) + client.stderr


def test_the_log_arrives_with_levels_and_nothing_is_said_on_standard_error(home: HelperHome) -> None:
    client = home.start()
    home.configure(client)
    with pytest.raises(RpcError):
        home.configure(client, url="ftp://elsewhere")
    levels = {message["params"]["type"] for message in client.received if message.get("method") == "window/logMessage"}
    assert levels == {2, 3}
    client.request("shutdown")
    client.notify("exit")
    client.wait_for_exit(5)
    assert client.stderr == b""


def test_a_session_is_followed_shown_and_replayed_over_one_connection(home: HelperHome) -> None:
    """The whole path, as an editor goes it."""
    client = home.start()
    home.configure(client)
    assert client.request("sessionMirror/sessions/list") == {"sessions": [], "problem": None}
    written = home.write("first", "second")
    row = durable(client, len(written))
    assert (row["sessionId"], row["state"], row["title"]) == (SESSION, "live", "first")
    assert client.request("sessionMirror/sessions/list")["sessions"][0]["sessionId"] == SESSION
    health = client.fact("sessionMirror/mirror/didChangeHealth", lambda health: health["uploadedBytes"] > 0)
    assert health["phase"] == "watching"
    assert health["uploadedBytes"] == len(home.mirrored()) == len(written)
    opened = client.request("sessionMirror/replay/open", KEY)
    window = client.request("sessionMirror/replay/window", {"replayId": opened["replayId"], "start": 0, "count": 9})
    texts = [event["text"]["value"] for record in window["records"] for event in record["events"]]
    assert texts == ["first", "second"]
    assert client.request("sessionMirror/replay/close", {"replayId": opened["replayId"]}) == {}
    client.request("shutdown")
    client.notify("exit")
    assert client.wait_for_exit(5) == 0

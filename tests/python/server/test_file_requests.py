"""Files of a session over the wire: a transcript by its path, a file as it was seen, and where records stand."""

import pytest

from support.file_sessions import FILE, FileSession
from support.helper_home import SESSION, HelperHome, durable
from support.lsp_client import RpcError


def test_a_transcript_of_anywhere_is_replayed_with_its_files_and_never_mirrored(home: HelperHome) -> None:
    session = FileSession()
    session.call("Write", content="x = 1\n")
    line = session.call("Edit", old_string="1", new_string="2")
    folder = home.root / "downloads"
    folder.mkdir()
    session.open(folder).close()
    written = home.write("hello")
    client = home.start()
    home.configure(client)
    durable(client, len(written))
    path = str(folder / "session.jsonl")
    opened = client.request("sessionMirror/replay/open", {"harness": "", "sessionId": "token", "path": path})
    assert (opened["origin"], opened["recordCount"]) == ("disk", 4)
    call = {"replayId": opened["replayId"], "line": line, "field": 0, "file": 0, "offset": 0}
    texts = [client.request("sessionMirror/replay/file", {**call, "moment": each}) for each in ("before", "after")]
    assert [(each["path"], each["value"], each["isWhole"]) for each in texts] == [
        (FILE, "x = 1\n", True),
        (FILE, "x = 2\n", True),
    ]
    place = client.request("sessionMirror/replay/place", {"replayId": opened["replayId"], "line": line})
    assert place == {"index": line, "line": line, "transcript": path, "transcriptLine": line}
    with pytest.raises(RpcError):
        client.request("sessionMirror/replay/file", {**call, "file": 1, "moment": "after"})
    assert {each.parent.name for each in home.mirror.rglob("part-*")} == {SESSION}

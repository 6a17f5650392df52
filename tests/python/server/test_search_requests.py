"""Search and filters over the wire, on a replay that is open."""

from support.helper_home import KEY, HelperHome


def test_words_are_found_and_an_endless_expression_is_told_while_windows_are_read(home: HelperHome) -> None:
    home.write("a needle", "b", "Needle and " + "a" * 60 + "!")
    client = home.start()
    home.configure(client)
    replay_id = client.request("sessionMirror/replay/open", {**KEY, "origin": "disk"})["replayId"]
    start = {"index": 0, "field": 0, "offset": 0}
    found = client.request("sessionMirror/replay/search", {"replayId": replay_id, "query": "needle", "start": start})
    assert [(hit["index"], hit["start"], hit["length"]) for hit in found["hits"]] == [(0, 2, 6), (2, 0, 6)]
    assert (found["isComplete"], found["problem"], found["next"]["index"]) == (True, None, 3)
    endless = {"replayId": replay_id, "query": "(a+)+$", "start": start, "isRegex": True}
    asked = client.send("sessionMirror/replay/search", endless)
    assert client.request("sessionMirror/replay/window", {"replayId": replay_id, "start": 0, "count": 9})["records"]
    told = client.answer_to(asked)
    assert (told["hits"], told["problem"]) == ([], "This expression takes too long.")


def test_filters_tell_what_they_show(home: HelperHome) -> None:
    home.write("one", "two")
    client = home.start()
    home.configure(client)
    opened = client.request("sessionMirror/replay/open", {**KEY, "origin": "disk"})
    params = {"replayId": opened["replayId"], "filter": {"hiddenKinds": ["prompt"]}}
    assert client.request("sessionMirror/replay/filter", params)["runs"] == []
    assert client.request("sessionMirror/replay/filter", {**params, "filter": {}})["runs"] == [0, 2]


def test_the_next_error_and_the_work_between_prompts_are_told(home: HelperHome) -> None:
    home.write("one", "two")
    client = home.start()
    home.configure(client)
    replay_id = client.request("sessionMirror/replay/open", {**KEY, "origin": "disk"})["replayId"]
    asked = {"replayId": replay_id, "wanted": "error", "start": 0}
    assert client.request("sessionMirror/replay/jump", asked) == {"index": None, "isComplete": True}
    told = client.request("sessionMirror/replay/work", {"replayId": replay_id})
    assert told == {"groups": [], "groupCount": 0, "isComplete": True}

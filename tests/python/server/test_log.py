"""What goes to the editor's log, and what never does."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lsprotocol import types

from session_mirror.server.log import EditorLog
from session_mirror.server.mailbox import Mailbox


class AtOnce(Mailbox):
    def post(self, call: Callable[[], None], *, delay_s: float = 0.0) -> None:
        call()


@pytest.fixture
def sent() -> list[Any]:
    return []


@pytest.fixture
def log(sent: list[Any]) -> Iterator[Callable[[str], logging.Logger]]:
    def tell(method: str, params: object) -> None:
        assert method == "window/logMessage"
        sent.append(params)

    handler = EditorLog(tell, AtOnce())
    made: list[logging.Logger] = []

    def logger(name: str) -> logging.Logger:
        one = logging.getLogger(name)
        if one not in made:
            made.append(one)
            one.addHandler(handler)
            one.setLevel(logging.DEBUG)
            one.propagate = False
        return one

    yield logger
    for one in made:
        one.removeHandler(handler)
        one.setLevel(logging.NOTSET)
        one.propagate = True


def test_our_own_records_go_with_their_levels(log: Callable[[str], logging.Logger], sent: list[Any]) -> None:
    ours = log("session_mirror.mirror")
    ours.debug("too much")
    ours.info("info %d", 1)
    ours.warning("warning")
    ours.error("error")
    assert [(params.type, params.message) for params in sent] == [
        (types.MessageType.Info, "info 1"),
        (types.MessageType.Warning, "warning"),
        (types.MessageType.Error, "error"),
    ]


def test_of_libraries_only_warnings_and_of_pygls_nothing(log: Callable[[str], logging.Logger], sent: list[Any]) -> None:
    log("botocore.endpoint").info("body")
    log("botocore.endpoint").warning("retrying")
    for name in ("pygls", "pygls.protocol.json_rpc"):
        log(name).error("Sending data: a transcript")
    log("pyglsx").warning("another library")
    assert [params.message for params in sent] == ["retrying", "another library"]


def test_an_exceptions_text_stays_here_and_its_place_goes(
    log: Callable[[str], logging.Logger], sent: list[Any]
) -> None:
    try:
        raise ValueError("a line of a transcript")
    except ValueError:
        log("session_mirror.server").exception("it failed")
    (params,) = sent
    assert "a line of a transcript" not in params.message
    assert "ValueError" in params.message
    assert "test_log.py" in params.message


def test_a_record_that_cannot_be_formatted_is_told_of_and_long_ones_are_cut(
    log: Callable[[str], logging.Logger], sent: list[Any]
) -> None:
    log("session_mirror.server").info("%d", "no number")
    log("session_mirror.server").info("x" * 100_000)
    assert [len(params.message) < 10_000 for params in sent] == [True, True]

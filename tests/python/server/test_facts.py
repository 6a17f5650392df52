"""Facts are throttled: four a second at most, the newest word wins, and none that matters is lost."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from session_mirror.protocol.mirror import Health
from session_mirror.protocol.replay import ReplayChanged
from session_mirror.protocol.sessions import SessionKey, SessionSummary
from session_mirror.server.facts import EVERY_S, Facts
from session_mirror.server.mailbox import Mailbox
from session_mirror.server.wire import from_wire
from support.golden import example

HEALTH = from_wire(Health, example("sessionMirror/mirror/didChangeHealth"))
ROW = from_wire(SessionSummary, example("sessionMirror/sessions/didChange")["changed"][0])
REPLAY = from_wire(ReplayChanged, example("sessionMirror/replay/didChange"))


class Post(Mailbox):
    """Keeps what is posted until the test delivers it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def post(self, call: Callable[[], None], *, delay_s: float = 0.0) -> None:
        self.waiting.append((delay_s, call))

    def deliver(self) -> float:
        ((delay_s, call),) = self.waiting
        self.waiting = []
        call()
        return delay_s


@attrs.define
class Desk:
    """Facts, their clock, and what was sent."""

    facts: Facts
    post: Post
    sent: list[tuple[str, Any]]
    now: list[float]


@pytest.fixture
def desk() -> Desk:
    sent: list[tuple[str, Any]] = []
    now = [1000.0]
    post = Post()

    def tell(method: str, params: object) -> None:
        sent.append((method, params))

    return Desk(Facts(tell, post, lambda: now[0]), post, sent, now)


def test_the_first_fact_goes_at_once_and_the_next_after_its_time(desk: Desk) -> None:
    desk.facts.health_changed(HEALTH)
    assert desk.post.deliver() == 0
    desk.now[0] += 0.1
    desk.facts.health_changed(attrs.evolve(HEALTH, session_count=8))
    desk.facts.health_changed(attrs.evolve(HEALTH, session_count=9))
    assert desk.post.deliver() == pytest.approx(EVERY_S - 0.1)
    assert [params["sessionCount"] for _, params in desk.sent] == [HEALTH.session_count, 9]


def test_of_each_session_the_newest_row_is_sent_once(desk: Desk) -> None:
    other = attrs.evolve(ROW, session_id="other")
    desk.facts.sessions_changed((ROW, other), ())
    desk.facts.sessions_changed(
        (attrs.evolve(ROW, part_count=7),), (SessionKey(harness=ROW.harness, session_id="other"),)
    )
    desk.post.deliver()
    ((method, params),) = desk.sent
    assert method == "sessionMirror/sessions/didChange"
    assert [(row["sessionId"], row["partCount"]) for row in params["changed"]] == [(ROW.session_id, 7)]
    assert params["removed"] == [{"harness": ROW.harness, "sessionId": "other"}]


def test_a_restart_is_not_forgotten_over_newer_news(desk: Desk) -> None:
    desk.facts.replay_changed(attrs.evolve(REPLAY, restarted=True, record_count=1))
    desk.facts.replay_changed(attrs.evolve(REPLAY, restarted=False, record_count=2))
    desk.facts.replay_changed(attrs.evolve(REPLAY, replay_id="another", restarted=False))
    desk.post.deliver()
    told = {params["replayId"]: (params["recordCount"], params["restarted"]) for _, params in desk.sent}
    assert told == {REPLAY.replay_id: (2, True), "another": (REPLAY.record_count, False)}


def test_nothing_is_sent_twice(desk: Desk) -> None:
    desk.facts.health_changed(HEALTH)
    desk.post.deliver()
    desk.now[0] += 10
    desk.facts.sessions_changed((ROW,), ())
    desk.post.deliver()
    assert [method for method, _ in desk.sent] == [
        "sessionMirror/mirror/didChangeHealth",
        "sessionMirror/sessions/didChange",
    ]

"""The end comes once, in time, and whatever hangs."""

import threading

import pytest

from session_mirror.server import ending as ending_module
from session_mirror.server.ending import GRACE_S, Ending


class Exit:
    """Stands for the process' end."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self._came = threading.Event()

    def __call__(self, code: int) -> None:
        self.codes.append(code)
        self._came.set()

    def wait(self) -> None:
        assert self._came.wait(10)


def test_it_closes_first_and_then_ends_with_the_first_code() -> None:
    grace: list[float] = []
    end = Exit()
    ending = Ending(grace.append, end)
    ending.begin(3)
    ending.begin(4)
    end.wait()
    assert (grace, end.codes) == ([GRACE_S], [3])


@pytest.mark.parametrize("how", ["hangs", "fails"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_ends_though_closing(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending_module, "HARD_S", 0.05)
    never = threading.Event()

    def close(_: float) -> None:
        if how == "fails":
            raise RuntimeError
        never.wait()

    end = Exit()
    Ending(close, end).begin()
    end.wait()
    assert end.codes == [0]
    never.set()

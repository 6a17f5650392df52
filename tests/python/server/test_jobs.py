"""Blocking work in threads: results, errors and cancelling."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from session_mirror.server.jobs import Jobs

PATIENCE_S = 10


def run(main: Callable[[Jobs], Coroutine[Any, Any, None]], workers: int = 1) -> None:
    asyncio.run(asyncio.wait_for(main(Jobs(workers, "test")), PATIENCE_S))


def test_results_and_errors_come_back() -> None:
    async def main(jobs: Jobs) -> None:
        assert await jobs.run(lambda: 7) == 7
        with pytest.raises(ZeroDivisionError):
            await jobs.run(lambda: 1 // 0)

    run(main)


def test_no_more_run_at_a_time_than_there_are_workers() -> None:
    here = threading.Barrier(2)

    async def main(jobs: Jobs) -> None:
        one, two = (asyncio.ensure_future(jobs.run(lambda: here.wait(PATIENCE_S))) for _ in range(2))
        await asyncio.gather(one, two)  # they meet: both run
        names = await asyncio.gather(*(jobs.run(lambda: threading.current_thread().name) for _ in range(20)))
        assert len(set(names)) <= 2

    run(main, workers=2)


def test_cancelled_work_that_has_not_begun_never_does() -> None:
    gate, ran = threading.Event(), threading.Event()

    async def main(jobs: Jobs) -> None:
        first = asyncio.ensure_future(jobs.run(lambda: gate.wait(PATIENCE_S)))
        second = asyncio.ensure_future(jobs.run(ran.set))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        gate.set()
        await first
        await jobs.run(lambda: None)

    run(main)
    assert not ran.is_set()


def test_cancelled_work_that_cannot_be_stopped_is_left_to_itself_at_once() -> None:
    begun, gate = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        gate.wait(PATIENCE_S)

    async def main(jobs: Jobs) -> None:
        task = asyncio.ensure_future(jobs.run(work))
        await asyncio.to_thread(begun.wait, PATIENCE_S)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not gate.is_set()
        gate.set()

    run(main)


@pytest.mark.parametrize("ends_with", ["error", "result"])
def test_cancelled_work_that_looks_at_its_flag_comes_to_its_own_end(ends_with: str) -> None:
    begun, stop, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> str:
        begun.set()
        assert stop.wait(PATIENCE_S)
        ended.set()
        if ends_with == "error":
            raise ValueError
        return "done after all"

    async def main(jobs: Jobs) -> None:
        task = asyncio.ensure_future(jobs.run(work, stop=stop))
        await asyncio.to_thread(begun.wait, PATIENCE_S)
        task.cancel()
        if ends_with == "result":
            assert await task == "done after all"
        else:
            with pytest.raises(asyncio.CancelledError):
                await task
        assert ended.is_set()

    run(main)

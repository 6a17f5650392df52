"""Memory is bounded while the store is away, and what is not kept comes from the transcript again."""

from pathlib import Path

import pytest

from session_mirror.errors import MirrorError
from session_mirror.mirror.pending import Pending
from support.engine import World
from support.memory_store import offline


def test_no_more_is_kept_than_there_is_room_for() -> None:
    pending = Pending(10)
    assert pending.keep(6)
    assert not pending.keep(5)
    pending.drop(6)
    assert pending.keep(10)


@pytest.mark.parametrize("room", [0, 1000])
def test_a_part_that_failed_is_put_again_with_or_without_room_to_keep_it(tmp_path: Path, room: int) -> None:
    world = World(tmp_path, pending=Pending(room))
    world.append(b"one\n")
    for _ in range(3):
        world.store.fail("put", offline())
        with pytest.raises(MirrorError):
            world.mirror.flush()
    world.append(b"two\n")
    world.flush_all()
    assert world.stream() == b"one\ntwo\n"
    assert world.pending.keep(room)

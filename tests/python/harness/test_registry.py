"""The registry: every harness by its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from session_mirror.harness.registry import REGISTRY, get_harness


@pytest.mark.parametrize("name", REGISTRY)
def test_every_harness_goes_by_its_name_and_watches_extra_roots(name: str, tmp_path: Path) -> None:
    harness = get_harness(name, [tmp_path])
    assert harness.name == name
    assert harness.label
    assert any(root.is_relative_to(tmp_path) for root in harness.roots())


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        get_harness("nobody")

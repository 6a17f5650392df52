"""Which roots must be polled, by the kernel's list of mounts."""

from __future__ import annotations

import pytest

from session_mirror.source.file_systems import file_system_of, is_silent

MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:5 / /proc rw - proc proc rw
41 22 0:40 / /mnt/c rw,noatime - 9p C:\134 rw
42 22 0:41 / /home/me/my\040share rw - nfs4 server:/x rw
43 22 0:42 / /home/me/over rw - ext4 /dev/sdb1 rw
44 43 0:43 / /home/me/over rw - fuse.sshfs me@there: rw
broken line
""".strip()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/me/.claude/projects", "ext4"),
        ("/mnt/c/Users/me/.claude/projects", "9p"),
        ("/mnt/cache", "ext4"),
        ("/home/me/my share/x", "nfs4"),
        ("/home/me/over/x", "fuse.sshfs"),
        ("/home/me/over", "fuse.sshfs"),
    ],
)
def test_the_innermost_and_latest_mount_holds_a_path(path: str, expected: str) -> None:
    assert file_system_of(path, MOUNTS) == expected


def test_without_mounts_nothing_is_known() -> None:
    assert file_system_of("/a", "") == ""


@pytest.mark.parametrize("name", ["9p", "drvfs", "nfs4", "cifs", "virtiofs", "fuse.sshfs", "fuse", "vboxsf"])
def test_shares_and_the_hosts_files_are_polled(name: str) -> None:
    assert is_silent(name)


@pytest.mark.parametrize("name", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "apfs", ""])
def test_local_file_systems_are_not_polled(name: str) -> None:
    assert not is_silent(name)

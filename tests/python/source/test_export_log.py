"""A change log is a file of whole lines that only grows, whatever happened to whoever wrote it last."""

import errno
import json
import stat
import sys
from io import FileIO
from pathlib import Path

import pytest

from session_mirror.source.changelog import export_log
from session_mirror.source.changelog.export_log import Change, ExportLog, digest_of


def key_of(line: bytes) -> tuple[str, bool] | None:
    try:
        told = json.loads(line)
        return str(told["id"]), "gone" not in told
    except (ValueError, KeyError):
        return None


def change(key: int, text: str = "") -> Change:
    return Change(str(key), b'{"id":%d,"text":"%s"}' % (key, text.encode()))


def gone(key: int) -> Change:
    return Change(str(key), b'{"id":%d,"gone":1}' % key, is_there=False)


def reread(log: ExportLog) -> ExportLog:
    other = ExportLog(log.path, key_of)
    other.catch_up()
    return other


def test_what_is_known_is_the_same_to_who_wrote_it_and_to_who_reads_it(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "deep" / "s.jsonl", key_of)
    log.catch_up()
    assert log.append([]) == 0
    assert not log.path.exists()
    assert log.append([change(1), change(2, "b"), change(2, "c"), gone(1), change(3)]) == 5
    assert reread(log).known == log.known == {"2": digest_of(change(2, "c").line), "3": digest_of(change(3).line)}
    assert reread(log).end == log.end == log.path.stat().st_size


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter there")
def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "deep" / "s.jsonl", key_of)
    log.append([change(1)])
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_a_torn_last_line_is_cut_and_the_row_told_again(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "s.jsonl", key_of)
    log.append([change(1)])
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + change(2).line)
    other = reread(log)
    assert log.path.read_bytes() == whole
    assert list(other.known) == ["1"]


def test_lines_that_another_process_added_are_read_on(tmp_path: Path) -> None:
    log, other = ExportLog(tmp_path / "s.jsonl", key_of), ExportLog(tmp_path / "s.jsonl", key_of)
    log.append([change(1)])
    other.catch_up()
    other.append([change(2), gone(1)])
    log.catch_up()
    assert list(log.known) == ["2"]


def test_a_log_that_was_replaced_or_removed_is_read_anew(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "s.jsonl", key_of)
    log.append([change(1), change(2)])
    log.path.unlink()
    log.catch_up()
    assert (dict(log.known), log.end) == ({}, 0)
    log.append([change(3)])
    assert list(reread(log).known) == ["3"]


def test_nothing_is_added_to_a_file_that_was_not_read(tmp_path: Path) -> None:
    log = ExportLog(tmp_path / "s.jsonl", key_of)
    log.append([change(1)])
    with log.path.open("ab") as file:
        file.write(change(9).line + b"\n")
    with pytest.raises(OSError, match="replaced"):
        log.append([change(2)])


def test_lines_of_no_row_are_kept_and_not_known(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(b"garbage\n" + change(1).line + b"\n\xff\n")
    log = reread(ExportLog(tmp_path / "s.jsonl", key_of))
    assert list(log.known) == ["1"]
    assert log.end == log.path.stat().st_size


def test_on_a_full_disk_only_whole_lines_stay_and_the_rest_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FullDisk(FileIO):
        def write(self, data: object, /) -> int:
            written = super().write(bytes(memoryview(data)[:10]))  # type: ignore[arg-type]
            raise OSError(errno.ENOSPC, f"No space left after {written}")

    log = ExportLog(tmp_path / "s.jsonl", key_of)
    log.append([change(1)])
    with monkeypatch.context() as patch:
        patch.setattr(export_log, "FileIO", FullDisk)
        with pytest.raises(OSError, match="No space"):
            log.append([change(2)])
    assert log.path.read_bytes() == change(1).line + b"\n"
    assert list(log.known) == ["1"]
    assert log.append([change(2)]) == 1
    assert list(reread(log).known) == ["1", "2"]

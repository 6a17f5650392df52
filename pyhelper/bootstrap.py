"""What the extension runs, as `python -I -S -X utf8 bootstrap.py ARGUMENTS`: the command line on bundled libraries.

This file must parse on Python 3.6, so that an old one says what is wrong instead of showing a syntax error.
"""

import sys

MINIMUM = (3, 10)
TOO_OLD = 3


def run() -> int:
    if sys.version_info < MINIMUM:
        found = ".".join(str(part) for part in sys.version_info[:3])
        wanted = ".".join(str(part) for part in MINIMUM)
        sys.stderr.write(f"Session Mirror needs Python {wanted} or newer, and {sys.executable} is {found}.\n")
        return TOO_OLD
    sys.dont_write_bytecode = True  # until `prepare` knows where it may go
    # `-I` keeps even this file's folder off the path, so nothing can be imported before this line.
    sys.path.insert(0, __file__.replace("\\", "/").rpartition("/")[0] or ".")
    from session_mirror import bundled  # noqa: PLC0415

    bundled.prepare()
    from session_mirror.cli import main  # noqa: PLC0415

    main(prog_name="session-mirror")
    return 0


if __name__ == "__main__":
    sys.exit(run())

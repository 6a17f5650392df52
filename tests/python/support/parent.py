"""Starts a command on its own pipes and waits for it: the process between an editor and a helper."""

import subprocess
import sys

if __name__ == "__main__":
    sys.exit(subprocess.call(sys.argv[1:]))

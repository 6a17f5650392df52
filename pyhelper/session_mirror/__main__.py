"""`python -m session_mirror`."""

from session_mirror.cli import main

if __name__ == "__main__":
    main()

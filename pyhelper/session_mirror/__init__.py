"""Session Mirror: never lose a coding agent's session."""

__version__ = "0.1.0"

"""Fixtures of this room."""

from support.helper_home import home, in_parts

__all__ = ["home", "in_parts"]

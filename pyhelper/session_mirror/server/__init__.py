"""The JSON-RPC edge that the editor talks to."""

from session_mirror.server.serve import serve

__all__ = ["serve"]

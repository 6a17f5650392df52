"""Claude Code: where its sessions lie, what they are called, and how their records read."""

"""One file per agent: where its sessions live, and how its records read."""

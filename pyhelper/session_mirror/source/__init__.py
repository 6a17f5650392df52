"""Reading: whole lines of a growing file, its identity, and what wakes us up."""

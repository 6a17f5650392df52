"""What the editor may ask, one file per area; all thin."""

"""What a preview shows, and the lines in which the preview process sends it."""

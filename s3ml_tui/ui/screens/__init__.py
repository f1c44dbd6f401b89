"""What the mode screens share, help, and the first run."""

"""What works on this connection and at this place."""

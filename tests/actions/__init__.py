"""Every action from its key press to what the bucket holds then, on moto and on the embedded server."""

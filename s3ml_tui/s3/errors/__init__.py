"""From what a server or a library answers to our errors."""

"""The Logs screen and the log view."""

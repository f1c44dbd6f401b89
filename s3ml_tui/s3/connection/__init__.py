"""Clients, credentials, regions, retries, and what the server was seen to do."""

"""Commands about workspaces, runs and logs."""

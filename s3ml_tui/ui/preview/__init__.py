"""The panes below the object table: preview and details."""

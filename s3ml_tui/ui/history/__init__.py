"""The history pane: the versions of one object."""

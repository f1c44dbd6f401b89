"""The commands: the same verbs as the keys, for scripts and terminals."""

"""The Pipeline screen: the spec's form, and the run that is watched."""

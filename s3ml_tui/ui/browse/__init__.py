"""The Browse screen and the actions of its keys."""

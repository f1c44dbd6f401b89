"""The history of one key, and bringing an old version back."""

"""Reading and checking the bodies of answers."""

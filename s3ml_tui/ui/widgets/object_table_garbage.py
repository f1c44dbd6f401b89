"""Long lists of keys out of the garbage collector's sight.

It would look through every key again and again, a tenth of a second each time, in the middle of a key press. What is
set aside is let go of as ever when nothing refers to it, but circles of objects in it would stay for good: so these are
collected first. That is quick where the program itself was set aside when it began.
"""

import gc

LARGE_ROWS = 50_000
"""So long is a list that is worth it."""


def set_aside() -> None:
    """What there is now will not be looked through any more."""
    gc.collect()
    gc.freeze()

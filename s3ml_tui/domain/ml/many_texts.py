"""When a column has so many different texts that it names the rows, or that a column each would mislead."""

MANY = 50
"""More different texts give more one-hot columns than they can teach."""
MANY_SHARE, FEW = 0.1, 10
"""So do more than this share of the rows, unless they are only these few."""
ID_SHARE = 0.9
"""More different texts than this share of the rows name the rows and teach nothing."""
MIN_ROWS = 20
"""In fewer rows it cannot be told."""


def is_many(distinct: int, rows: int) -> bool:
    """Whether these are too many for a column each."""
    return distinct > MANY or (distinct > FEW and distinct > MANY_SHARE * rows)


def names_rows(distinct: int, rows: int) -> bool:
    """Whether nearly each row has a text of its own."""
    return rows >= MIN_ROWS and distinct > ID_SHARE * rows

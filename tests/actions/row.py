"""A row of the table of actions: what is there, which keys are pressed, what the bucket holds then and after `u`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from tests.actions.bucket_words import State
from tests.actions.hands import Hands

BEFORE: State = {"a.csv": "a", "b.csv": "b", "f/x.csv": "x", "f/y/z.csv": "z"}
"""Two objects at the top, a folder, and one in it."""
MOTO, SEAWEED = "moto", "seaweed"


@dataclass(frozen=True, slots=True)
class Row:
    """One action on one scope."""

    action: str
    """As issue 4 calls it."""
    scope: str
    """What it is done to, or how it meets what is there."""
    id: str
    """Of the registry."""
    play: Callable[[Hands], Awaitable[None]]
    """The keys, up to where it was done."""
    before: State = field(default_factory=lambda: dict(BEFORE))
    after: State | None = None
    """What the bucket holds then; None for what it held before."""
    undone: State | None = None
    """What it holds after `u`; None where there is no undo."""
    undone_on: Mapping[str, State] = field(default_factory=dict)
    """By server, where one keeps less than S3 says and something else is left after `u`."""
    no_undo: str = ""
    """What `u` says where there is none and the user is told why."""
    is_whole: bool = True
    """Whether what is told here is all that the bucket holds; not where records of ours are written."""
    files: Mapping[str, str] | None = None
    """What lies in the working folder then."""
    is_versioned: bool = True
    has_lock: bool = False
    """Whether the bucket is made with object lock."""
    begins: Callable[[Hands], None] = lambda _hands: None
    """What else is to be there before the app is started."""
    ends: Callable[[Hands], None] = lambda _hands: None
    """What else is to be seen of the server then."""
    not_on: Mapping[str, str] = field(default_factory=dict)
    """Servers that cannot do it, and why."""

    @property
    def name(self) -> str:
        """As `copy: a prefix`."""
        return f"{self.action}: {self.scope}"

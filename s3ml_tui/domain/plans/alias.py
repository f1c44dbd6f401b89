"""The plan that moves an alias from one model version to another."""

from collections.abc import Iterator
from dataclasses import dataclass

from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.uri import Place


@dataclass(frozen=True, slots=True)
class MoveAlias(Plan):
    """An alias points to another model version from now on; all its moves stay on record."""

    workspace: Place
    alias: str
    number: int
    """Of the model version it will point to."""
    previous: int | None
    """Of the one it points to now; None when it is new."""
    seen_move: int = 0
    """The alias's newest move when this was planned; the change is made only if it still is. 0 when there was none."""
    affirmative: str = "Promote"

    def commands(self) -> Iterator[tuple[str, ...]]:
        """`promote`."""
        yield "promote", self.alias, f"models/v{self.number}", "--workspace", self.workspace.uri

    @property
    def title(self) -> str:
        """As `Make models/v3 champion`."""
        return f"Make models/v{self.number} {self.alias}"

    @property
    def is_rollback(self) -> bool:
        """Whether it goes back to an older version."""
        return self.previous is not None and self.number < self.previous

    def sentences(self) -> tuple[str, ...]:
        """What the alias points to before and after, and what stays."""
        after = f"{self.alias} points to models/v{self.number} from now on"
        if self.previous is None:
            return (f"{after}; it is a new alias.", "No model is changed.")
        how = ", which is newer: this rolls back" if self.is_rollback else ""
        return (
            f"{after}; until now it pointed to models/v{self.previous}{how}.",
            "No model is changed, and every move of the alias stays on record.",
        )

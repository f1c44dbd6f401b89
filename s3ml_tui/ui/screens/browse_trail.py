"""The places seen one after the other in Browse, to go back and forward among."""

from s3ml_tui.domain.uri import Place

MOST = 200


class Trail:
    """Like a browser's: going anywhere else from the middle forgets what lay ahead."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    def visit(self, place: Place) -> None:
        """Somebody came there; coming where one is already is no step."""
        if self._places and self._places[self._at] == place:
            return
        self._places[self._at + 1 :] = [place]
        del self._places[:-MOST]
        self._at = len(self._places) - 1

    def back(self) -> Place | None:
        """The place before; None at the first."""
        return self._step(-1)

    def forward(self) -> Place | None:
        """The place one went back from; None at the last."""
        return self._step(1)

    def _step(self, steps: int) -> Place | None:
        at = self._at + steps
        if not 0 <= at < len(self._places):
            return None
        self._at = at
        return self._places[at]

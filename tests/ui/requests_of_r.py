"""`r` in the whole app, twice in a session: what the second time sends, from the key to the history painted anew."""

from collections.abc import Callable, Sequence

from s3ml_tui.bootstrap import open_services
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import parse_object
from tests.actions.hands import Hands
from tests.actions.playing import SIZE, app_closed
from tests.actions.toast_app import ToastApp
from tests.few_requests import Scene
from tests.s3.faults import Asked

_OLDEST = 3
"""Bytes of the version that is brought back."""


async def second_restore(scene: Scene, begin: Callable[[], None] = lambda: None) -> Sequence[Asked]:
    """The server is the environment's, reached through the scene's proxy; `begin` is called right before the key."""
    scene.put(b"old")
    scene.put(b"newer")
    app = ToastApp(open_services, Context(), start=parse_object(scene.uri).place)
    hands = Hands(app, scene.server, scene.bucket, scene.folder)
    with app_closed(app):
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            hands.at = pilot
            await hands.until(lambda: hands.pointed == "a.csv" and app.session.search.is_over, "the object is shown")
            await _restored(hands, 3)
            await hands.press("g")
            for _ in range(2):
                await hands.press("j")
            before = len(scene.proxy.asked)
            begin()
            await _press_r(hands, 4)
            return scene.proxy.asked[before:]


async def _restored(hands: Hands, versions: int) -> None:
    """The oldest version on top, for the first time."""
    await hands.to_version(_OLDEST, versions - 1)
    await _press_r(hands, versions)


async def _press_r(hands: Hands, versions: int) -> None:
    """And agree; until so many versions are shown with all that is known of them."""
    await hands.press("r")
    await hands.agrees("Bring back a.csv")
    rows, known = hands.browse.versions.rows, hands.browse.versions.provenance
    await hands.until(
        lambda: len(rows.versions) == versions and all(one.version_id in known.fresh for one in rows.visible_versions),
        "the history is painted again",
    )
    await hands.until(lambda: not hands.app.workers._workers, "everything is told")

"""`u` once more goes further back, and says so when nothing more can be undone; Activity does again what was undone."""

from typing import Any

from textual.pilot import Pilot

from s3ml_tui.ui import messages
from s3ml_tui.ui.dialogs.prompts import ConfirmPlan
from tests.doubles import MemoryStore
from tests.ui.browse_app import ROOT, BrowseApp, key, toasts
from tests.ui.conftest import Opener
from tests.ui.harness import until, until_shown

A, B = key("a.csv"), key("b.csv")


async def agreed(pilot: Pilot[Any], pressed: str, title: str) -> None:
    await pilot.press(pressed)
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan), title)
    dialog = pilot.app.screen
    assert isinstance(dialog, ConfirmPlan)
    assert dialog.plan.title == title
    await pilot.press("y")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def test_u_goes_further_back_each_time(store: MemoryStore, opener: Opener) -> None:
    store.write(A, b"a")
    store.write(B, b"b")
    app = BrowseApp(opener)

    def there() -> list[str]:
        return list(store.list_page(ROOT).keys)

    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until_shown(pilot, "a.csv", "2 objects")
        await agreed(pilot, "x", "Delete a.csv")
        await until(pilot, lambda: there() == ["b.csv"])
        await until_shown(pilot, "1 object")
        await agreed(pilot, "x", "Delete b.csv")
        await until(pilot, lambda: there() == [])
        await agreed(pilot, "u", "Bring back b.csv")
        await until(pilot, lambda: there() == ["b.csv"])
        await until(pilot, lambda: "u goes further back" in toasts(app))
        await agreed(pilot, "u", "Bring back a.csv")
        await until(pilot, lambda: there() == ["a.csv", "b.csv"])
        await pilot.press("u")
        await until(pilot, lambda: "Nothing more can be undone" in toasts(app))
        assert len(app.screen_stack) == 1
        await until(pilot, lambda: len(app.records.all or ()) == 4, "all are remembered")
        app.post_message(messages.UndoWanted((app.records.all or ())[0]))
        await until(pilot, lambda: isinstance(app.screen, ConfirmPlan))
        await pilot.press("y")
        await until(pilot, lambda: there() == ["b.csv"])
        await agreed(pilot, "u", "Bring back a.csv")
        await until(pilot, lambda: there() == ["a.csv", "b.csv"])

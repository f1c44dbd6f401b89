"""JSON folds by keys and by mouse."""

import json

from s3ml_tui.domain.preview.content import JsonNode
from s3ml_tui.ui.preview.json_tree import JsonSheet
from s3ml_tui.ui.preview.rows import PreviewRows
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key
from tests.ui.conftest import Opener
from tests.ui.harness import screen_lines, until, until_shown

NODES = (
    JsonNode(0, "", "{", 2), JsonNode(1, "a", "[", 2), JsonNode(2, "0", "1"), JsonNode(2, "1", "2"),
    JsonNode(1, "b", "true"),
)  # fmt: skip


def rows(app: BrowseApp) -> PreviewRows:
    return app.browse.looking.preview.rows


def test_outwards_first_folds_and_then_leads_to_what_is_around() -> None:
    sheet = JsonSheet(NODES)
    assert sheet.folded(3) == 1
    assert (sheet.folded(1), sheet.count) == (1, 3)
    assert sheet.folded(1) == 0
    assert (sheet.folded(0), sheet.count) == (0, 1)
    assert sheet.folded(0) is None


def test_inwards_first_unfolds_and_then_leads_to_what_is_in_it() -> None:
    sheet = JsonSheet(NODES)
    sheet.folded(1)
    assert (sheet.unfolded(1), sheet.count) == (1, 5)
    assert sheet.unfolded(1) == 2
    assert sheet.unfolded(2) is None


def test_a_sign_is_left_of_the_name() -> None:
    sheet = JsonSheet(NODES)
    assert [sheet.is_sign(1, x) for x in (0, 2, 3)] == [True, True, False]
    assert not sheet.is_sign(2, 0)


async def test_json_folds_by_arrows_and_by_clicks_on_its_signs(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.json"), json.dumps({"a": [1, 2, 3], "b": "x"}).encode())
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        await pilot.press("i")
        await until_shown(pilot, "▾ a: [ 3 values ]")
        await pilot.press("enter", "j", "j", "left")
        assert rows(app).cursor == 1
        await pilot.press("left")
        await until_shown(pilot, "▸ a: [ 3 values ]")
        await pilot.press("right")
        await until_shown(pilot, "▾ a: [ 3 values ]")
        await pilot.press("right")
        assert rows(app).cursor == 2
        y = next(at for at, line in enumerate(screen_lines(app)) if "▾ a: [" in line)
        await pilot.click(offset=(screen_lines(app)[y].index("▾ a"), y))
        await until_shown(pilot, "▸ a: [ 3 values ]")
        assert (rows(app).cursor, rows(app).row_count) == (1, 3)
        await pilot.click(offset=(screen_lines(app)[y].index("▸ a") + 3, y))
        assert rows(app).row_count == 3
        await pilot.press("left", "left", "left")
        assert app.browse.objects.table.has_focus

"""What a first screen does not need is neither loaded nor mounted nor styled before it is wanted."""

import subprocess
import sys

from textual.widgets._footer import FooterKey

from s3ml_tui.ui.preview.rows import PreviewRows
from tests.doubles import MemoryStore
from tests.ui.browse_app import BrowseApp, history_rows, key
from tests.ui.conftest import Opener
from tests.ui.harness import until, until_shown

LATER = (
    *(
        "domain.preview.content",
        "domain.plans.transfer",
        "domain.plans.download_share",
        "domain.plans.copy_move",
        "domain.storage.details",
        "domain.plans.bucket_folder",
        "domain.plans.edit",
    ),
    *(
        "services.objects.share",
        "services.objects.edit",
        "services.browse.address_completion",
        "settings.bookmarks",
        "ui.preview.preview_pane",
    ),
    *("ui.dialogs.go_to", "ui.dialogs.bookmarks", "ui.dialogs.contexts", "ui.dialogs.confirm", "ui.dialogs.key_values"),
)
"""What belongs to a key that nobody has pressed yet."""


def test_what_belongs_to_a_key_is_loaded_when_it_is_pressed() -> None:
    code = "import sys, s3ml_tui.ui.app.app\nprint('\\n'.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    loaded = set(ran.stdout.split())
    assert "s3ml_tui.ui.browse.screen" in loaded
    assert not loaded & {f"s3ml_tui.{name}" for name in LATER}


async def test_preview_and_details_are_mounted_when_one_of_them_is_to_be_seen(
    store: MemoryStore, opener: Opener
) -> None:
    store.write(key("a.txt"), b"one line")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        assert not app.screen.query(PreviewRows)
        assert not app.browse.looking.stop_reading()
        await pilot.press("i")
        await until_shown(pilot, "a.txt · Preview", "one line")
        assert len(app.screen.query(PreviewRows)) == 2
        await pilot.press("i")
        await until_shown(pilot, "a.txt · Details", "storage class")


async def test_the_keys_are_made_anew_only_when_they_are_others(store: MemoryStore, opener: Opener) -> None:
    store.write(key("a.txt"), b"1")
    app = BrowseApp(opener)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: history_rows(app) == 1)
        before = list(app.screen.query(FooterKey))
        assert {one.description for one in before} >= {"help", "delete"}
        await pilot.press("tab")
        assert list(app.screen.query(FooterKey)) == before
        app.browse.is_read_only = True
        await until(pilot, lambda: any(one.has_class("-disabled") for one in app.screen.query(FooterKey)))

"""History says which models were made from a version: in a workspace, after the versions, and never instead of them."""

from s3ml_tui.domain.errors import Denied
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.records.model_manifest import AliasMove
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from tests.services.arranged import DATA, LAYOUT, WORKSPACE, manifest_record
from tests.services.memory import entries
from tests.ui.harness import has, screen_lines, until, until_shown
from tests.ui.lab import ELSEWHERE, HOSTILE, Gate, Lab, dangerous_texts, to_mode

SIZE = (150, 40)
HISTORY = "churn.csv · History · 2 versions"


def made(lab: Lab, number: int, version: int = 0, key: ObjectKey = DATA) -> None:
    """A model version made from one of the versions of `key`; 0 is the newest."""
    found = entries(lab.store, key)[version]
    pin = Pin(key.uri, found.version_id, found.etag, "", found.size)
    lab.put(LAYOUT.model_claim(number), b"{}")
    lab.put(LAYOUT.model_manifest(number), manifest_record(number, data=pin).to_bytes())


def champion(lab: Lab, number: int, move: int = 1, alias: str = "champion") -> None:
    record = AliasMove(alias=alias, model=f"models/v{number}", moved=lab.begun)
    lab.put(LAYOUT.alias_move(alias, move), record.to_bytes())


def two_versions(lab: Lab) -> None:
    """Of the data: the older one made models/v3, which is the champion, the newer one made models/v4."""
    lab.put(DATA, b"age,plan,churned\n")
    made(lab, 3, version=1)
    made(lab, 4)
    champion(lab, 3)
    lab.store.requests.clear()


def app_at_data(lab: Lab) -> S3mlApp:
    return lab.app(start=WORKSPACE.under("dataset/raw"))


def line_with(app: S3mlApp, text: str) -> str:
    return next((line for line in screen_lines(app) if text in line), "")


def asked_of_models(lab: Lab) -> int:
    return sum(LAYOUT.models.prefix in address for _, address in lab.store.requests)


async def test_a_version_says_which_models_were_made_from_it(lab: Lab) -> None:
    two_versions(lab)
    app = app_at_data(lab)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, HISTORY, "used by models/v3 (champion)")
        await until_shown(pilot, "used by models/v4  written by s3ml", "used by models/v3 (champion)  written by s3ml")
        assert "← current" in line_with(app, "models/v4")
        assert "○" in line_with(app, "models/v3")


async def test_the_history_is_there_before_the_models_are_read_and_keys_answer(lab: Lab) -> None:
    two_versions(lab)
    gate = Gate("read")
    lab.store.before = gate
    app = app_at_data(lab)
    async with app.run_test(size=SIZE) as pilot:
        try:
            await until(pilot, gate.arrived.is_set)
            await until_shown(pilot, HISTORY, "written by s3ml")
            assert not has(app, "used by")
            await pilot.press("enter", "j")
            assert isinstance(app.screen, BrowseScreen)
            assert app.screen.versions.rows.cursor == 1
        finally:
            gate.opened.set()
        await until_shown(pilot, "used by models/v3 (champion)")
        assert app.screen.versions.rows.cursor == 1


async def test_other_objects_of_the_workspace_cost_nothing_more(lab: Lab) -> None:
    two_versions(lab)
    other = WORKSPACE.key("dataset/raw/other.csv")
    lab.put(other, b"x")
    made(lab, 5, key=other)
    app = app_at_data(lab)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, HISTORY, "used by models/v3 (champion)")
        before = asked_of_models(lab)
        await pilot.press("j")
        await until_shown(pilot, "other.csv · History", "used by models/v5")
        assert not has(app, "models/v3")
        assert asked_of_models(lab) == before


async def test_an_alias_that_moves_is_seen_when_the_screen_is_read_again(lab: Lab) -> None:
    two_versions(lab)
    app = app_at_data(lab)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "used by models/v3 (champion)")
        champion(lab, 4, move=2)
        await pilot.press("R")
        await until_shown(pilot, "used by models/v4 (champion)")
        await until(pilot, lambda: not has(app, "models/v3 (champion)"))


async def test_an_alias_that_is_promoted_here_is_seen_at_once(lab: Lab) -> None:
    two_versions(lab)
    app = app_at_data(lab)
    async with app.run_test(notifications=True, size=SIZE) as pilot:
        await until_shown(pilot, "used by models/v3 (champion)")
        await to_mode(pilot, "4", "✓ models/v4")
        await pilot.press("p")
        await until_shown(pilot, "Point which alias to models/v4?")
        await pilot.press("enter")
        await until_shown(pilot, "Make models/v4 champion", "Promote")
        await pilot.press("enter")
        await until_shown(pilot, "champion points to models/v4")
        await pilot.press("1")
        await until_shown(pilot, "used by models/v4 (champion)")


async def test_who_may_not_read_the_models_has_the_history_all_the_same(lab: Lab) -> None:
    two_versions(lab)

    def refuse(_verb: str, address: str) -> None:
        if LAYOUT.models.prefix in address:
            raise Denied("No", action="s3:ListBucket")

    lab.store.before = refuse
    app = app_at_data(lab)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, HISTORY, "written by s3ml")
        await until(pilot, lambda: asked_of_models(lab) > 0)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert has(app, HISTORY, "← current")
        assert not has(app, "used by")
        assert not app._notifications


async def test_outside_a_workspace_no_model_is_asked_for(lab: Lab) -> None:
    two_versions(lab)
    lab.store.create_bucket(ELSEWHERE.bucket)
    elsewhere = ELSEWHERE.key("models/v1/a.csv")
    lab.put(elsewhere, b"x")
    app = lab.app(start=elsewhere.place)
    async with app.run_test(size=SIZE) as pilot:
        await until_shown(pilot, "a.csv · History · 1 version", "written by s3ml")
        await until(pilot, lambda: app.session.search.is_over)
        await app.workers.wait_for_complete()
        assert asked_of_models(lab) == 0


async def test_names_that_mean_harm_are_shown_as_they_are(lab: Lab) -> None:
    made(lab, 1)
    alias = HOSTILE.replace("/", "")
    champion(lab, 1, alias=alias)
    app = app_at_data(lab)
    async with app.run_test(size=(190, 40)) as pilot:
        await until_shown(pilot, "used by models/v1 (evil\\x1b[31m [bold red]x[bold] []")
        assert dangerous_texts(app) == []

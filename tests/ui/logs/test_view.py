"""The log view: following, levels, search, hostile text, many lines."""

import time

from textual.app import App, ComposeResult

from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage
from s3ml_tui.ui import stylesheets
from s3ml_tui.ui.logs.lines import LogLines
from s3ml_tui.ui.logs.view import LogView
from s3ml_tui.ui.widgets.rows import Rows

AT = 1_795_000_000.0


class LogApp(App[None]):
    CSS_PATH = stylesheets.style_files()

    def __init__(self) -> None:
        super().__init__()
        self.follows: list[bool] = []
        self.opened: list[int] = []

    def compose(self) -> ComposeResult:
        yield LogView()

    def on_log_view_follow_changed(self, message: LogView.FollowChanged) -> None:
        self.follows.append(message.follow)

    def on_rows_opened(self, message: Rows.Opened) -> None:
        self.opened.append(message.row)

    def is_following(self) -> bool:
        return self.log_view.follow

    @property
    def log_view(self) -> LogView:
        return self.query_one(LogView)

    def lines(self) -> list[str]:
        return [self.log_view.render_line(y).text.rstrip() for y in range(self.log_view.size.height)]


def line(message: str, level: Level = Level.INFO, kind: Kind = Kind.LOG, **data: object) -> str:
    return Event(AT, message, level, Stage.TRAIN, kind, data).line()


def numbered(count: int) -> list[str]:
    return [line(f"number {place}") for place in range(count)]


async def test_it_sticks_to_the_end_until_the_user_goes_up_and_end_resumes() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        log = app.log_view
        log.focus()
        log.extend(numbered(100))
        await pilot.pause()
        assert app.lines()[-1].endswith("number 99")
        await pilot.press("k")
        log.extend([line("later")])
        await pilot.pause()
        assert not app.is_following()
        assert app.lines()[-1].endswith("number 99")
        await pilot.press("end")
        assert app.is_following()
        assert app.lines()[-1].endswith("later")
        log.extend([line("latest")])
        await pilot.pause()
        assert app.lines()[-1].endswith("latest")
        assert app.follows == [False, True]


async def test_the_wheel_pauses_and_the_cursor_comes_along() -> None:
    app = LogApp()
    app.animation_level = "none"
    async with app.run_test(size=(80, 12)) as pilot:
        log = app.log_view
        log.extend(numbered(100))
        await pilot.pause()
        log.scroll_relative(y=-30, animate=False)
        await pilot.pause()
        assert not app.is_following()
        assert app.follows == [False]
        top = int(log.scroll_offset.y)
        assert top <= log.cursor <= top + 11
        await pilot.press("tab", "k")
        assert abs(int(log.scroll_offset.y) - top) <= 1


async def test_resizing_while_following_stays_at_the_end() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.log_view.extend(numbered(100))
        await pilot.resize_terminal(60, 30)
        await pilot.pause()
        assert app.log_view.follow
        assert app.lines()[-1].endswith("number 99")
        await pilot.resize_terminal(60, 6)
        await pilot.pause()
        assert app.lines()[-1].endswith("number 99")


async def test_levels_are_filtered_and_the_cursor_keeps_its_line() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        log = app.log_view
        log.extend([line("a"), line("b", Level.WARNING), line("c", Level.DEBUG), line("d", Level.ERROR), "torn {line"])
        log.extend([line("still here", Level.DEBUG, Kind.HEARTBEAT)])
        await pilot.pause()
        assert log.row_count == 4
        log.follow = False
        log.cursor = 2
        assert log.cycle_level() is Level.WARNING
        assert [log.event_at(row).message for row in range(log.row_count)] == ["b", "d"]
        assert log.event_at(log.cursor).message == "d"
        assert log.cycle_level() is Level.ERROR
        assert log.cycle_level() is Level.DEBUG
        assert [log.event_at(row).message for row in range(log.row_count)] == ["a", "b", "c", "d", "torn {line"]
        assert "everything" in log.status
        await pilot.pause()


async def test_searching_highlights_and_goes_round() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        log = app.log_view
        log.extend(numbered(60))
        await pilot.pause()
        assert log.search("NUMBER 5") == 11
        assert not app.is_following()
        first = log.event_at(log.cursor).message
        assert log.next_hit()
        assert log.event_at(log.cursor).message != first
        assert log.previous_hit()
        assert log.event_at(log.cursor).message == first
        await pilot.pause()
        y = log.cursor - int(log.scroll_offset.y) + 1
        hit = log.get_component_rich_style("log-view--hit")
        assert any(s.text == "number 5" and s.style and s.style.bgcolor == hit.bgcolor for s in log.render_line(y))
        assert log.search("nowhere") == 0
        assert not log.next_hit()


async def test_hostile_text_is_written_out_and_markup_stays() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.log_view.extend([line("\x1b[31m[bold]x[/bold]\u202e\n"), "\x1b]0;title\x07", '{"message": 3}', "[]"])
        await pilot.pause()
        text = "\n".join(app.lines())
        assert "\x1b" not in text
        assert r"\x1b[31m[bold]x[/bold]\u202e\n" in text
        assert '{"message": 3}' in text


async def test_figures_are_added_and_the_whole_line_can_be_read() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        log = app.log_view
        log.focus()
        log.extend([line("fold", Level.INFO, Kind.PROGRESS, done=3, total=5)])
        log.extend([line("metrics", Level.INFO, Kind.METRICS, r2=0.47123)])
        await pilot.pause()
        assert [text.split(maxsplit=2)[2] for text in app.lines()[1:3]] == ["fold  3/5", "metrics  r2 0.4712"]
        await pilot.press("enter")
        assert app.opened == [1]
        assert log.whole_text(1)[1:] == ("metrics", "r2 = 0.47123")


async def test_clearing_begins_anew_and_follows() -> None:
    app = LogApp()
    async with app.run_test(size=(80, 12)) as pilot:
        log = app.log_view
        log.extend(numbered(30))
        await pilot.press("tab", "g")
        assert not app.is_following()
        log.clear()
        log.extend(numbered(2))
        await pilot.pause()
        assert app.is_following()
        assert log.row_count == 2


def test_two_hundred_thousand_lines_are_taken_in_filtered_and_searched_without_a_pause() -> None:
    lines = [line(f"candidate {place}", Level.WARNING if place % 1000 == 0 else Level.INFO) for place in range(200_000)]
    log = LogLines()
    started = time.process_time()  # what others do on this machine meanwhile does not count
    log.extend(lines)
    log.show_from(Level.WARNING)
    log.show_from(Level.INFO)
    assert log.find("candidate 199999", 0, 1) == 199_999
    assert len(list(log.rows_with("CANDIDATE 19999"))) == 11
    busy_s = time.process_time() - started
    assert len(log) == 200_000
    assert busy_s < 3, busy_s

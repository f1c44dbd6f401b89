"""How the app looks and which keys it has: the settings' theme and keymap, ASCII alone, no colours."""

import asyncio
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from textual.binding import Binding
from textual.filter import LineFilter, NoColor
from textual.theme import Theme

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.settings import Settings, save
from s3ml_tui.ui import keys, messages
from s3ml_tui.ui.app.pauses import PausingApp
from s3ml_tui.ui.glyphs import AsciiLines


class LooksApp(PausingApp):
    """Follows the settings, and keeps a theme that is chosen in the palette."""

    def __init__(self, *, settings: Settings | None = None, **options: Any) -> None:
        super().__init__(**options)
        self._is_begun = False
        self._are_styles_new = True
        """Whether nothing has changed since they were read; until the first screen."""
        self.settings = settings or Settings(Context())
        self._line_filters: list[LineFilter] = []
        if self.no_color and os.environ.get("NO_COLOR"):
            self._line_filters.append(NoColor())  # Textual's own leaves shades of grey
        if self.settings.is_ascii:
            self._line_filters.append(AsciiLines())
        keys.use(self.settings.keymap, is_ascii=self.settings.is_ascii)
        self.set_keymap(dict(self.settings.keymap))
        if self.settings.theme:
            self.theme = self.settings.theme
        self._kept_theme = self.theme

    @contextmanager
    def batch_update(self) -> Generator[None, None, None]:
        """Textual holds back what is painted while the first screen is mounted, and loses its first whole frame."""
        if self._is_begun:
            with super().batch_update():
                yield
        else:
            self._is_begun = True
            yield

    def refresh_css(self, animate: bool = True) -> None:
        """Textual wants it with the first screen too, when nothing has changed since all was read."""
        if self._are_styles_new and not self.settings.theme:
            self.stylesheet.update(self, animate=animate)
        else:
            super().refresh_css(animate)
        self._are_styles_new = False

    def on_mount(self) -> None:
        """Keep what is chosen from now on."""
        self.set_class(self.settings.is_ascii, "-ascii")
        self.theme_changed_signal.subscribe(self, self._theme_chosen)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's, then ours."""
        return [*super().get_line_filters(), *self._line_filters]

    def get_key_display(self, binding: Binding) -> str:
        """As everywhere else."""
        return binding.key_display or keys.key_text(binding.key)

    def _theme_chosen(self, theme: Theme) -> None:
        if theme.name != self._kept_theme:
            self._kept_theme = theme.name
            self.begin("settings", self._keep_theme, theme.name)

    async def _keep_theme(self, name: str) -> None:
        try:
            await asyncio.to_thread(save, {"theme": name})
        except S3mlError as error:
            self.post_message(messages.Trouble(error))

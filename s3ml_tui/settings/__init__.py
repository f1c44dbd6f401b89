"""Settings: defaults < file < environment < flags; every value knows where it came from."""

from s3ml_tui.settings.file import Bookmark, SettingsFile, read
from s3ml_tui.settings.file_edit import save, use_context
from s3ml_tui.settings.load_settings import Flags, Settings, load, switchable, wants_ascii
from s3ml_tui.settings.paths import DIRS, config_file, local_folder, state_folder
from s3ml_tui.settings.template import create

__all__ = [
    "DIRS",
    "Bookmark",
    "Flags",
    "Settings",
    "SettingsFile",
    "config_file",
    "create",
    "load",
    "local_folder",
    "read",
    "save",
    "state_folder",
    "switchable",
    "use_context",
    "wants_ascii",
]

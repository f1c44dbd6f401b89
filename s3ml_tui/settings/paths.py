"""Where s3ml keeps what is the user's: the settings file, traces of sessions, the embedded server's data."""

import os
from pathlib import Path

from platformdirs import PlatformDirs

DIRS = PlatformDirs("s3ml", appauthor=False)


def config_file() -> Path:
    """Where the settings file lies; S3ML_CONFIG overrides it."""
    chosen = os.environ.get("S3ML_CONFIG")
    return Path(chosen) if chosen else Path(DIRS.user_config_dir) / "config.toml"


def state_folder() -> Path:
    """Where outputs of processes and other traces of sessions lie."""
    return Path(DIRS.user_state_dir)


def local_folder() -> Path:
    """Where the embedded server keeps data and state unless told otherwise; S3ML_LOCAL_DIR overrides it."""
    chosen = os.environ.get("S3ML_LOCAL_DIR")
    return Path(chosen) if chosen else Path(DIRS.user_data_dir) / "local"

"""What a mistake of ours leaves behind: a sentence for the user, and a file for whoever mends it."""

import platform
import re
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType

from s3ml_tui import __version__, settings
from s3ml_tui.cli.terminal.output import say
from s3ml_tui.domain.storage import secrets

_SECRETS = re.compile(r"(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s'\"]+|(://)[^/\s@:]+:[^/\s@]+(?=@)")


def record(error: BaseException) -> str:
    """Write the traceback, without values of variables, to the state folder; returns the sentence that says so."""
    now, kind = datetime.now(UTC), type(error).__name__
    text = "".join(traceback.format_exception(error))
    head = f"s3ml {__version__}, Python {platform.python_version()}, {platform.platform()}, {now.isoformat()}\n\n"
    path = settings.state_folder() / "crashes" / f"{now:%Y%m%d-%H%M%S-%f}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(redacted(head + text), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return redacted(f"A mistake in s3ml stopped it. Please report it: {kind}: {error}")
    return f"A mistake in s3ml stopped it ({kind}). Please report it, with what is in {path}"


def report(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """`sys.excepthook`: a sentence on stderr; Python then exits with 1."""
    say(f"s3ml: {record(error)}")


def redacted(text: str) -> str:
    """`text` without the credentials in use, and without the secrets of signed links and addresses."""
    return _SECRETS.sub(lambda match: f"{match[1] or match[2]}…", secrets.masked(text))


def install() -> None:
    """Have every uncaught exception reported here."""
    sys.excepthook = report

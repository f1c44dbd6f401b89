"""The command line in this process, on a terminal or in a pipe: all that is sent there is kept."""

import io
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from s3ml_tui.cli.entry import s3ml


class Stream(io.TextIOWrapper):
    """Stdout or stderr, of a terminal or not."""

    def __init__(self, encoding: str, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="\n")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def sent(self) -> bytes:
        """All that was written."""
        self.flush()
        body = self.buffer
        assert isinstance(body, io.BytesIO)
        return body.getvalue()


@dataclass(frozen=True, slots=True)
class Sent:
    """What a command sent, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every line of stdout as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Commands:
    """`s3ml` with an environment; nobody types anything."""

    environment: Mapping[str, str] = field(default_factory=dict)
    is_terminal: bool = True
    encoding: str = "utf-8"

    def __call__(self, *arguments: object, code: int = 0) -> Sent:
        """Run a command; it must end with `code`."""
        out, err = (Stream(self.encoding, is_terminal=self.is_terminal) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"TERM": "xterm", "LC_ALL": "C.UTF-8", **self.environment}.items():
                patch.setenv(name, value)
            for name, stream in (("stdout", out), ("stderr", err), ("stdin", io.StringIO())):
                patch.setattr(sys, name, stream)
            ended = s3ml.main([str(part) for part in arguments], standalone_mode=False, prog_name="s3ml")
        found = ended if isinstance(ended, int) else 0
        sent = Sent(found, out.sent.decode(self.encoding), err.sent.decode(self.encoding))
        assert found == code, sent
        return sent

"""The options every command takes, before or after its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import click

from s3ml_tui.domain.storage.request_log import shell_quoted
from s3ml_tui.settings import Flags


@dataclass(frozen=True, slots=True)
class Options:
    """What was said about the connection, the output and the way to go about changes."""

    flags: Flags = field(default_factory=Flags)
    as_json: bool = False
    is_dry_run: bool = False
    says_yes: bool = False

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Options":
        """From the values of `EVERYWHERE`, by their names."""
        flags = {part.name: said[part.name] for part in fields(Flags)}
        if flags["local"] is None and flags["local_dir"] is not None:
            flags["local"] = True
        return cls(Flags(**flags), said["as_json"], said["is_dry_run"], said["says_yes"])

    def over(self, earlier: "Options") -> "Options":
        """These options, and where they say nothing, those said earlier on the command line."""
        mine, theirs = self.flags, earlier.flags
        said = {}
        for part in fields(Flags):
            value = getattr(mine, part.name)
            said[part.name] = getattr(theirs, part.name) if value is None else value
        return Options(
            Flags(**said),
            self.as_json or earlier.as_json,
            self.is_dry_run or earlier.is_dry_run,
            self.says_yes or earlier.says_yes,
        )

    def line(self, *words: str) -> str:
        """`s3ml …` to be pasted into a shell, with the same connection; nothing in it that a terminal would obey."""
        return " ".join(map(shell_quoted, self.words(*words)))

    def words(self, *words: str) -> list[str]:
        """The same, word by word, each exactly as it is."""
        flags = self.flags
        said = [
            *(("--context", flags.context) if flags.context else ()),
            *(("--profile", flags.profile) if flags.profile else ()),
            *(("--endpoint-url", flags.endpoint_url) if flags.endpoint_url else ()),
            *(("--region", flags.region) if flags.region else ()),
            *(("--request-payer",) if flags.request_payer else ()),
            *(("--dir", str(flags.local_dir)) if flags.local_dir else ("--local",) if flags.local else ()),
        ]
        return ["s3ml", *said, *words]


def _folder(text: str) -> Path:
    """A folder's path; an empty one, as of a variable that is not set, is no way to say `here`."""
    if not text:
        raise click.BadParameter("It names no folder.")
    return Path(text)


EVERYWHERE = [
    click.Option(["--context"], metavar="NAME", help="A context of the settings file."),
    click.Option(["--profile"], metavar="NAME", help="A profile of the AWS configuration."),
    click.Option(["--endpoint-url"], metavar="URL", help="An S3 server other than AWS."),
    click.Option(["--region"], metavar="NAME", help="The region."),
    click.Option(["--workspace"], metavar="URI", help="s3://bucket[/prefix]; S3ML_WORKSPACE stands for it."),
    click.Option(["--local/--no-local"], default=None, help="Use the embedded server; it is started when needed."),
    click.Option(
        ["--dir", "local_dir"],
        type=_folder,
        metavar="FOLDER",
        help="Where the embedded server keeps its data; implies --local.",
    ),
    click.Option(
        ["--request-payer/--no-request-payer"],
        default=None,
        help="Pay for requests to a requester-pays bucket, or not.",
    ),
    click.Option(
        ["--json", "as_json"], is_flag=True, help="JSON on stdout: one object for one thing, one line a row for many."
    ),
    click.Option(["--dry-run", "is_dry_run"], is_flag=True, help="Show what would be done; change nothing."),
    click.Option(["--yes", "-y", "says_yes"], is_flag=True, help="Do it without asking."),
    click.Option(["--ascii/--no-ascii"], default=None, help="Draw with ASCII alone, or not."),
]
"""Each stands before or after a command's name; the values of all but three are `Flags`, by the names of its fields."""

"""The settings file as `s3ml config init` writes it: every key with its meaning, all of them as examples."""

from pathlib import Path
from textwrap import fill

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.settings.file_edit import write
from s3ml_tui.settings.paths import config_file
from s3ml_tui.settings.schema import CONTEXT_KEYS, TOP_KEYS, Key

_HEAD = """\
s3ml settings.

A line that begins with # and a space explains. One that begins with # alone is an example: take the # away to use it.
What is said by a flag (--context, --profile …) or in the environment (S3ML_CONTEXT, S3ML_WORKSPACE, S3ML_READ_ONLY,
S3ML_LOCAL_DIR) counts more. `s3ml config show` prints each value in force and where it came from; `s3ml config check`
names whatever is wrong here. No secrets belong in this file: keys and passwords stay in the AWS configuration."""
_CONTEXTS = """\
Contexts: named connections, each with where it starts and whether it may change anything. `s3ml context` lists them.
Without any, the keys of a context may stand at the top of the file instead."""
_KEYS = """\
Keys, by the action's id; those below are what they are anyway. Several are separated by commas; write ? / : or
ctrl+r, f5, pageup, escape …"""
_BOOKMARKS = "Bookmarks: a name and an address, or { uri = …, context = … } when it is for one context."
_OF_LOCAL = frozenset({"local", "local_dir"})


def create(*, is_forced: bool = False) -> Path:
    """Write the file. Raises LocalTrouble, also when there is one and `is_forced` is false."""
    path = config_file()
    if path.exists() and not is_forced:
        raise LocalTrouble(
            f"There is a settings file already: {path}", advice="Edit it, or replace it whole with --force"
        )
    write(path, text())
    return path


def text() -> str:
    """The whole file."""
    parts = [_prose(_HEAD)]
    parts += [_example(key) for key in TOP_KEYS]
    parts += [_prose(_CONTEXTS) + "\n#[contexts.prod]\n" + _examples(is_local=False)]
    parts += ["#[contexts.laptop]\n" + _examples(is_local=True)]
    parts += [_prose(_KEYS) + "\n#[keys]\n" + _actions()]
    parts += [_prose(_BOOKMARKS) + '\n#[bookmarks]\n#raw = "s3://acme-ml/churn/dataset/raw/"']
    return "\n\n".join(parts) + "\n"


def _examples(*, is_local: bool) -> str:
    return "\n".join(_example(key) for key in CONTEXT_KEYS if (key.name in _OF_LOCAL) is is_local)


def _example(key: Key) -> str:
    return f"{_prose(key.meaning)}\n#{key.name} = {key.example}"


def _prose(words: str) -> str:
    return "\n#\n".join(
        fill(paragraph, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
        for paragraph in words.split("\n\n")
    )


def _actions() -> str:
    from s3ml_tui.domain.actions import Scope, actions_of

    lines = []
    for scope in Scope:
        lines.append(f"# {scope}")
        lines += [f'#{action.id} = "{",".join(action.keys)}"  # {action.tooltip}' for action in actions_of(scope)]
    return "\n".join(lines)

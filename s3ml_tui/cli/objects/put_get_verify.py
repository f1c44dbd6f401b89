"""Commands on one object: put, get, verify."""

import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from click.exceptions import Exit

from s3ml_tui.cli.command import argument, command, object_argument, version_option
from s3ml_tui.cli.confirm import is_agreed, perform
from s3ml_tui.cli.objects.conflicts import on_conflict_option
from s3ml_tui.cli.objects.sync import (
    concurrency_option,
    exclude_option,
    filters_of,
    folder_option,
    get_many,
    include_option,
    put_many,
    sources_of,
    tidy,
)
from s3ml_tui.cli.options import Options
from s3ml_tui.cli.session import looking_for, session
from s3ml_tui.cli.terminal import streams
from s3ml_tui.cli.terminal.charset import BLOCK_BYTES, terminal_text
from s3ml_tui.cli.terminal.output import names, put, put_json, say
from s3ml_tui.cli.terminal.progress import stoppable, transferring
from s3ml_tui.cli.terminal.signals import GOES_ON
from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.plans.copy_move import Clash
from s3ml_tui.domain.plans.download_share import DownloadFile
from s3ml_tui.domain.plans.plan import NothingToDo, UploadFile, told_unnamed
from s3ml_tui.domain.storage.resume_point import Storing
from s3ml_tui.domain.text import size_text
from s3ml_tui.domain.uri import ObjectKey, Place, bucket_and_key, is_uri, parse_object, parse_place
from s3ml_tui.services.session import Services


@command
@argument(
    "words",
    nargs=-1,
    required=True,
    metavar="FILE... URI",
    help="Files, and folders with -r; then s3://bucket/key, or s3://bucket/prefix/.",
)
@folder_option
@on_conflict_option
@exclude_option
@include_option
@click.option("--storage-class", default="", metavar="NAME", help="As STANDARD_IA; the bucket's own without.")
@click.option(
    "--sse-kms-key-id", "kms_key", default="", metavar="ID", help="Encrypt by KMS with this key: id, ARN or alias."
)
@click.option(
    "--bucket-owner-full-control",
    "owner_has_full_control",
    is_flag=True,
    help="Let the bucket's owner do everything with it.",
)
@concurrency_option
def put_file(
    options: Options,
    words: tuple[str, ...],
    is_recursive: bool,
    on_conflict: Clash | None,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    storage_class: str,
    kms_key: str,
    owner_has_full_control: bool,
    concurrency: int,
) -> None:
    """Upload files and folders, checked against what the server says it has.

    Below the URI come the contents of a folder; of several sources each under its own name.
    """
    storing = Storing(storage_class, kms_key, owner_has_full_control)
    if len(words) < 2:
        raise BadInput("Where to?", advice="Name a file and an address: s3ml put FILE s3://bucket/prefix/")
    *names, uri = words
    sources = [Path(name) for name in names]
    folder = next((source for source in sources if source.is_dir()), None)
    if folder is not None and not is_recursive:
        raise BadInput(f"{folder} is a folder", cause="Without --recursive files are put", advice="Add -r")
    if folder is None and len(sources) == 1:
        upload(options, sources[0], uri, storing, on_conflict=on_conflict)
        return
    put_many(
        options,
        sources,
        uri,
        storing=storing,
        filters=filters_of(exclude, include),
        at_once=concurrency,
        on_conflict=on_conflict,
    )


def upload(
    options: Options, file: Path, uri: str, storing: Storing | None = None, *, on_conflict: Clash | None = None
) -> None:
    """What `put` does with one file."""
    target = _target(uri, file)
    with session(options) as services:
        services.foresee(target.bucket)
        tidy(services)
        upload_plan = replace(services.objects.plan_upload(file, target), storing=storing or Storing())
        replaces_bytes = upload_plan.replaces is not None and not upload_plan.replaces.is_delete_marker
        plan: UploadFile | NothingToDo = upload_plan
        if on_conflict is not None:
            plan = services.objects.decided_upload(upload_plan, on_conflict)
        agreeing = replace(options, says_yes=options.says_yes or on_conflict is not None)
        if is_agreed(plan, agreeing, asks=replaces_bytes, services=services):
            perform(services, plan, options, total=upload_plan.size)


def _target(uri: str, file: Path) -> ObjectKey:
    _, key = bucket_and_key(uri)
    if is_uri(uri) and (not key or key.endswith("/")):
        return parse_place(uri).key(file.name)
    return parse_object(uri)


@command
@argument(
    "words",
    nargs=-1,
    required=True,
    metavar="URI... [FILE]",
    help="Addresses; then a file or a folder, or - to print it.",
)
@version_option
@click.option("--force", "-f", "is_forced", is_flag=True, help="Replace the file when there is one.")
@folder_option
@on_conflict_option
@exclude_option
@include_option
@concurrency_option
def get(
    options: Options,
    words: tuple[str, ...],
    version_id: str | None,
    is_forced: bool,
    is_recursive: bool,
    on_conflict: Clash | None,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    concurrency: int,
) -> None:
    """Download objects, and with -r all below a prefix, checked against what the server has.

    Into the folder come the contents of a prefix; of several sources each under its own name.
    """
    addresses = words if len(words) == 1 or is_uri(words[-1]) else words[:-1]
    target = "." if addresses is words else words[-1]
    sources = sources_of(addresses, is_recursive=is_recursive)
    one = sources[0]
    if len(sources) > 1 or isinstance(one, Place):
        if version_id is not None or target == "-":
            raise BadInput("Only one object has that version, or can be printed", advice="Name one object")
        clash = Clash.OVERWRITE if is_forced else on_conflict
        filters = filters_of(exclude, include)
        get_many(options, sources, Path(target), filters=filters, at_once=concurrency, on_conflict=clash)
    elif target == "-":
        _print(one, version_id, options)
    else:
        clash = Clash.OVERWRITE if is_forced else on_conflict
        download(options, one, Path(target), version_id, on_conflict=clash)


def download(
    options: Options, key: ObjectKey, file: Path, version_id: str | None = None, *, on_conflict: Clash | None = None
) -> None:
    """What `get` does with one object and a file or folder."""
    with session(options) as services:
        tidy(services)
        received = None if options.is_dry_run else services.transfers.got_before(key, file, version_id)
        if received is not None:
            say(f"{received.path} was downloaded before the command was interrupted.")
        else:
            with looking_for(services, key, version_id):
                plan = _download_plan(services, key, file, version_id, on_conflict)
            agreeing = replace(options, says_yes=options.says_yes or on_conflict is not None)
            if not is_agreed(plan, agreeing, asks=False) or isinstance(plan, NothingToDo):
                return
            with transferring(plan.title, plan.size) as progress, stoppable(leaving=GOES_ON) as cancelled:
                received = services.download(plan, progress=progress, cancelled=cancelled)
    streams.done()
    if options.as_json:
        put_json(
            names(key)
            | {
                "version_id": received.version_id,
                "size": received.size,
                "etag": received.etag,
                "sha256": received.sha256,
                "file": received.path,
                "is_verified": received.is_verified,
            }
        )
        return
    put(str(received.path))
    checked = "checked" if received.is_verified else "not checked: the server gives nothing to check against"
    for sentence in told_unnamed(received.was_named):
        say(f"  {sentence}")
    say(f"  {size_text(received.size)}, version {received.version_id or 'none'}, sha256 {received.sha256} ({checked})")


def _download_plan(
    services: Services, key: ObjectKey, file: Path, version_id: str | None, on_conflict: Clash | None
) -> DownloadFile | NothingToDo:
    if on_conflict is None:
        return services.objects.plan_download(key, file, version_id)
    return services.objects.plan_download_on_conflict(key, file, version_id, on_conflict)


def _print(key: ObjectKey, version_id: str | None, options: Options) -> None:
    """The object's bytes on stdout, once all of them were checked; a terminal is shown text only, as by cat."""
    with TemporaryDirectory(prefix="s3ml-get-") as folder, session(options) as services:
        with looking_for(services, key, version_id):
            plan = services.objects.plan_download(key, Path(folder) / "object", version_id)
        if not is_agreed(replace(plan, path=Path("-")), options, asks=False):
            return
        with transferring(plan.title, plan.size) as progress, stoppable() as cancelled:
            services.objects.download(key, plan.path, plan.version_id, progress=progress, cancelled=cancelled)
        with plan.path.open("rb") as source:
            if sys.stdout.isatty():
                sys.stdout.writelines(terminal_text(iter(partial(source.read, BLOCK_BYTES), b""), key.uri))
            else:
                shutil.copyfileobj(source, sys.stdout.buffer)


@command
@object_argument
@argument("file", type=Path, metavar="FILE")
@version_option
def verify(options: Options, uri: str, file: Path, version_id: str | None) -> None:
    """Download an object again and compare its sha256 with a file's; exit code 1 when they differ."""
    key = parse_object(uri)
    with session(options) as services:
        with looking_for(services, key, version_id):
            size = services.objects.facts(key, version_id).size
        with transferring(key.name, size) as progress, stoppable() as cancelled:
            found = services.objects.verify(key, file, version_id, progress=progress, cancelled=cancelled)
    if options.as_json:
        figures = {"sha256_local": found.sha256_local, "sha256_remote": found.sha256_remote, "is_same": found.is_same}
        put_json(names(key) | {"version_id": found.version_id, "file": file} | figures)
    elif found.is_same:
        put(f"Same: {key.uri} and {file} have sha256 {found.sha256_local}")
    else:
        put(f"Different: {key.uri} has sha256 {found.sha256_remote}, {file} has {found.sha256_local}")
    if not found.is_same:
        raise Exit(1)

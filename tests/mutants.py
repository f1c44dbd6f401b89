"""Faults planted in a copy of this tree, one at a time, each with the tests of `make test` that have to fail then.

`make mutants` plants all of them, `make mutants ARGS="if-match-dropped claim-not-conditional"` some. A place is found
by its text and a test by its function's name, wherever they lie.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "s3ml_tui"
_FAILED = 1
"""pytest's exit code when tests ran and some failed."""
_LONGEST_S = 600


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault."""

    name: str
    old: str
    """Lines of the package; they are there once."""
    new: str
    killers: tuple[str, ...]
    """Test functions, at least one of which has to fail."""


MUTANTS = (
    Mutant(
        "if-match-dropped",
        """return {"IfMatch": f'"{if_match}"'} if if_match is not None else {}""",
        "return {}",
        ("test_a_replacement_must_meet_the_etag_it_expects",),
    ),
    Mutant(
        "if-none-match-dropped",
        """        return {"IfNoneMatch": "*"}\n""",
        "        return {}\n",
        ("test_a_second_create_is_a_conflict",),
    ),
    Mutant(
        "claim-not-conditional",
        "if_absent=self.conditional is not False",
        "if_absent=False",
        ("test_on_a_bucket_without_versions_conditions_alone_decide",),
    ),
    Mutant(
        "newest-claim-decides",
        "if entries and entries[-1].version_id == written.version_id:",
        "if entries and entries[0].version_id == written.version_id:",
        ("test_racers_that_all_write_before_any_looks_still_get_different_numbers",),
    ),
    Mutant(
        "stored-bytes-not-verified",
        "    if is_md5(made.etag, encryption, made.key.bucket) and made.etag != expected:\n",
        "    if is_md5(made.etag, encryption, made.key.bucket) and not made.etag:\n",
        ("test_bytes_that_were_stored_otherwise_are_found_out",),
    ),
    Mutant(
        "received-bytes-not-verified",
        "yield lambda: facts.etag == digests.md5",
        "yield lambda: True",
        ("test_whatever_goes_wrong_the_old_file_stays_as_it_was",),
    ),
    Mutant(
        "model-bytes-not-verified",
        "    if received.sha256 != pin.sha256:\n",
        "    if not received.sha256:\n",
        ("test_a_model_whose_bytes_are_others_is_never_loaded",),
    ),
    Mutant(
        "version-id-ignored",
        """return {} if version_id is None else {"VersionId": version_id}""",
        "return {}",
        ("test_an_old_version_is_read_by_its_id",),
    ),
    Mutant(
        "marker-counted-as-a-version",
        "return next((version for version in self.versions if not version.is_delete_marker), None)",
        "return next(iter(self.versions), None)",
        ("test_the_last_content_is_the_newest_that_has_bytes",),
    ),
    Mutant(
        "neighbours-in-a-history",
        "ours = [entry for entry in page.versions if is_same(entry.key, key.key)]",
        "ours = list(page.versions)",
        ("test_a_txt_never_shows_a_txt_bak",),
    ),
    Mutant(
        "journal-line-lost",
        "self._is_torn = os.write(self._descriptor, whole) < len(whole)",
        "self._is_torn = not whole",
        ("test_what_is_written_is_what_is_read", "test_half_a_line_takes_no_other_along"),
    ),
    Mutant(
        "read-only-not-asked",
        "    if context.read_only:\n        raise ReadOnly(\n",
        "    if context.read_only is None:\n        raise ReadOnly(\n",
        (
            "test_a_read_only_context_plans_but_sends_no_change",
            "test_every_command_that_changes_is_refused_before_anything_is_sent",
        ),
    ),
    Mutant(
        "operation-id-not-looked-for",
        "if look is not None and (was_lost or fate is Fate.UNMET):",
        "if look is not None and fate is Fate.UNMET:",
        ("test_a_lost_answer_makes_no_second_version",),
    ),
    Mutant(
        "refused-condition-not-looked-at",
        "if look is not None and (was_lost or fate is Fate.UNMET):",
        "if look is not None and was_lost:",
        ("test_a_create_that_meets_its_own_operation_is_success",),
    ),
    Mutant(
        "undo-guard-dropped",
        "    if not is_still(store, seen, there):\n"
        "        raise conflict(key, seen, there, is_gone=_is_gone(store, seen))\n",
        "",
        (
            "test_a_null_version_that_was_replaced_meanwhile_is_noticed",
            "test_bringing_back_stops_when_what_was_seen_is_no_longer_on_top",
            "test_undeleting_stops_when_somebody_undeleted_meanwhile",
        ),
    ),
    Mutant(
        "first-page-alone",
        "following=listing.token if listing.is_truncated else None)",
        "following=None)",
        ("test_pages_join_to_the_whole_level",),
    ),
    Mutant(
        "key-count-trusted",
        """is_truncated=fields.get("IsTruncated", "").strip() == "true",""",
        """is_truncated=int(fields.get("KeyCount") or 0) >= int(fields.get("MaxKeys") or 1000),""",
        ("test_all_pages_of_a_long_history_are_read", "test_pages_join_to_the_whole_level"),
    ),
    Mutant(
        "refused-deletes-told-as-done",
        "            failed.append((one, _our_error(bucket, one, refusals[named])))\n",
        "            done.append((one, None))\n",
        ("test_a_locked_version_is_refused_by_name_and_the_others_go",),
    ),
    Mutant(
        "secrets-in-crash-files",
        """return _SECRETS.sub(lambda match: f"{match[1] or match[2]}…", secrets.masked(text))""",
        "return text",
        ("test_a_mistake_leaves_a_file_without_values_and_secrets",),
    ),
    Mutant(
        "printable-skipped",
        "        return text\n    return _SUSPICIOUS.sub(_visible, text)\n",
        "        return text\n    return text\n",
        ("test_nothing_that_steers_a_terminal_or_hides_passes", "test_escape_sequences_in_a_sentence_are_made_visible"),
    ),
    Mutant(
        "manifest-not-the-last",
        "        run.draft.model = model\n",
        """        run.draft.model = model
        run.put("model_card", place.key(MODEL_ROLES["model_card"]), card, MARKDOWN_TYPE)\n""",
        ("test_the_manifest_is_the_last_of_the_model_and_the_result_the_last_of_the_run",),
    ),
    Mutant(
        "cancel-ignored",
        '        """Whether the job is to stop; never waits."""\n        return self._stop.is_set()\n',
        '        """Whether the job is to stop; never waits."""\n        return False\n',
        ("test_stopping_a_paused_job_wakes_it", "test_what_cannot_be_paused_is_only_asked_whether_it_is_to_stop"),
    ),
    Mutant(
        "file-not-renamed-but-copied",
        "            temporary.replace(path)\n    except BaseException as error:\n",
        "            path.write_bytes(temporary.read_bytes())\n    except BaseException as error:\n",
        ("test_what_was_downloaded_is_what_the_server_has",),
    ),
    Mutant(
        "exit-code-wrong",
        "raise Exit(error.exit_code) from error",
        "raise Exit(1) from error",
        ("test_an_error_is_a_sentence_and_a_code",),
    ),
    Mutant(
        "enter-agrees-to-a-delete",
        """({"y", "yes"} if plan.is_destructive else {"", "y", "yes"})""",
        """{"", "y", "yes"}""",
        ("test_a_delete_is_asked_about_and_no_is_the_default",),
    ),
)


def main(names: Sequence[str]) -> int:
    """Plant the mutants of these names, all without any; 1 when one of them lives on."""
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    assert len(chosen) == (len(names) or len(MUTANTS)), f"of {names} only {[one.name for one in chosen]} are known"
    with tempfile.TemporaryDirectory(prefix="s3ml-mutants-") as folder:
        tree = Path(folder)
        _copy(tree)
        whole = _pytest(tree, sorted({killer for mutant in chosen for killer in mutant.killers}))
        if whole.returncode:
            print(whole.stdout, "tests fail without any mutant", sep="\n")
            return 1
        return 0 if sum(not _dies(tree, mutant) for mutant in chosen) == 0 else 1


def _dies(tree: Path, mutant: Mutant) -> bool:
    path = _place(tree, mutant)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        ran = _pytest(tree, mutant.killers)
    finally:
        path.write_text(text, encoding="utf-8")
    dies = ran.returncode == _FAILED
    by = next(
        (line.split("::")[-1].split(" - ")[0] for line in ran.stdout.splitlines() if line.startswith("FAILED")), ""
    )
    print(f"{'died  ' if dies else 'LIVES '} {mutant.name:34} {by}", flush=True)
    if not dies:
        print(ran.stdout)
    return dies


def _copy(tree: Path) -> None:
    for name in (PACKAGE, "tests", "styles", "docs"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, tree)


def _place(tree: Path, mutant: Mutant) -> Path:
    found = [path for path in _sources(tree / PACKAGE) for _ in range(path.read_text("utf-8").count(mutant.old))]
    assert len(found) == 1, f"{mutant.name}: its text is there {len(found)} times; write the mutant anew"
    return found[0]


def _pytest(tree: Path, functions: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    ids = [f"{path.relative_to(tree)}::{name}" for name in functions for path in _files_of(tree / "tests", name)]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not exhaustive", *ids]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=_LONGEST_S
    )


def _files_of(tests: Path, function: str) -> list[Path]:
    found = [path for path in _sources(tests) if f"def {function}(" in path.read_text("utf-8")]
    assert found, f"no test is called {function}"
    return found


def _sources(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*.py")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What lifecycle rules do, in sentences."""

from collections.abc import Sequence

from s3ml_tui.domain.storage.capabilities import LifecycleRule, Versioning
from s3ml_tui.domain.text import count_text
from s3ml_tui.domain.uri import Place

ABORT_RULE = "s3ml-abort-open-uploads"
"""The name of the rule that s3ml adds when it is asked to."""
ABORT_DAYS = 7
"""As long as an interrupted transfer can be taken up."""
ABORT_SENTENCE = (
    f"The server throws away every upload in parts, whoever began it, that is still open {ABORT_DAYS} days after it "
    "was begun."
)


def has_abort_rule(rules: Sequence[LifecycleRule], place: Place) -> bool:
    """Whether uploads that are left open at a place are thrown away by the server one day."""
    return any(
        rule.is_enabled
        and rule.abort_days is not None
        and not rule.filters_on_tags
        and place.prefix.startswith(rule.prefix)
        for rule in rules
    )


def rule_title(rule: LifecycleRule) -> str:
    """As `logs: objects below logs/ with the tag team=a`."""
    where = f"objects below {rule.prefix}" if rule.prefix else "all objects"
    only = f" with {' and '.join(rule.only)}" if rule.only else ""
    if rule.filters_on_tags and not rule.only:
        only = " with certain tags or sizes"
    off = "" if rule.is_enabled else " (switched off: it does nothing)"
    return f"{rule.rule_id or 'a rule without a name'}: {where}{only}{off}"


def rule_sentences(rule: LifecycleRule, versioning: Versioning) -> tuple[str, ...]:
    """What the server does by itself to the objects a rule means."""
    lines = [f"They are moved to {kind} {when}." for when, kind in rule.moves]
    lines += [f"Old versions are moved to {kind} {when}." for when, kind in rule.moves_noncurrent]
    does = (
        "get a delete marker (their bytes stay as old versions)"
        if versioning is Versioning.ON
        else "are deleted for good"
    )
    if rule.expire_date:
        lines.append(f"From {rule.expire_date} on they {does}.")
    elif rule.expire_days is not None:
        lines.append(f"They {does} {count_text(rule.expire_days, 'day')} after they were written.")
    if rule.expire_noncurrent_days is not None:
        spared = f", but the newest {rule.keeps_noncurrent:,} of each are spared" if rule.keeps_noncurrent else ""
        days = count_text(rule.expire_noncurrent_days, "day")
        lines.append(f"Old versions are destroyed {days} after they were replaced{spared}.")
    if rule.removes_markers:
        lines.append("Delete markers under which nothing is left are removed.")
    if rule.abort_days is not None:
        lines.append(f"Uploads left open are thrown away after {count_text(rule.abort_days, 'day')}.")
    return tuple(lines) or ("It says nothing that is known here.",)


def lifecycle_words(rules: Sequence[LifecycleRule] | None, versioning: Versioning) -> tuple[str, ...]:
    """All rules, each a paragraph of lines."""
    if rules is None:
        return ("The lifecycle rules could not be seen: that needs s3:GetLifecycleConfiguration.",)
    if not rules:
        return ("There are none: nothing is deleted or moved by itself.",)
    return tuple(
        "\n".join([rule_title(rule), *(f"  {line}" for line in rule_sentences(rule, versioning))]) for rule in rules
    )

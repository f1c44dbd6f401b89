"""Rows of buckets as a whole, of workspaces, of an alias, and of taking back by Enter in Activity."""

from collections.abc import Awaitable, Callable

from botocore.exceptions import ClientError

from s3ml_tui.bootstrap import open_store
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.ui.dialogs.bucket_menu import BucketMenu
from s3ml_tui.ui.dialogs.prompts import AskText, ShowText
from tests.actions.hands import Hands
from tests.actions.row import BEFORE, SEAWEED, Row
from tests.actions.rows_objects import deletes
from tests.ui.lab import Workbench

Play = Callable[[Hands], Awaitable[None]]


def versioning(hands: Hands, bucket: str = "") -> str:
    """As the server tells it."""
    found = hands.server.client().get_bucket_versioning(Bucket=bucket or hands.bucket)
    return str(found.get("Status", "never on"))


def buckets(hands: Hands) -> set[str]:
    return {one["Name"] for one in hands.server.client().list_buckets()["Buckets"]}


def block(hands: Hands, bucket: str = "") -> dict[str, bool]:
    """The four switches; none where there is no block, or where the server knows of none."""
    try:
        found = hands.server.client().get_public_access_block(Bucket=bucket or hands.bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {404, 501}:
            return {}
        raise
    switches: dict[str, bool] = found["PublicAccessBlockConfiguration"]
    return switches


async def menu(hands: Hands, choice: str) -> None:
    """The bucket's menu."""
    await hands.press("I")
    await hands.chooses(choice, f"Bucket {hands.bucket}", kind=BucketMenu)


def switched(choice: str, title: str, done: str, *more: str) -> Play:
    async def play(hands: Hands) -> None:
        await menu(hands, choice)
        await hands.agrees(title, *more)
        await hands.done(done.format(hands.bucket))

    return play


def has_new_name(hands: Hands) -> None:
    hands.notes["new"] = f"{hands.bucket}-new"


async def creates(hands: Hands) -> None:
    name = hands.notes["new"]
    await menu(hands, "Create a bucket")
    await hands.dialog(AskText, "Create a bucket")
    await hands.gives(name)
    await hands.agrees("every old version")
    await hands.done(f"Created the bucket {name}")
    assert versioning(hands, name) == "Enabled"
    assert all(block(hands, name).values())


def was_created(hands: Hands) -> None:
    assert hands.notes["new"] not in buckets(hands)


def has_rules(hands: Hands) -> None:
    rule = {
        "ID": "tidy",
        "Status": "Enabled",
        "Filter": {"Prefix": "logs/"},
        "Expiration": {"Days": 30},
    }
    hands.server.client().put_bucket_lifecycle_configuration(
        Bucket=hands.bucket, LifecycleConfiguration={"Rules": [rule]}
    )


async def sees_rules(hands: Hands) -> None:
    await menu(hands, "Show its lifecycle rules (1)")
    await hands.dialog(ShowText, "logs/", "30 days", "They get a delete marker")
    await hands.press("escape")


async def aborts_uploads(hands: Hands) -> None:
    await menu(hands, "Have uploads removed that were left open")
    await hands.agrees(f"Have open uploads of {hands.bucket} removed", "those that are there stay")
    await hands.done(f"Open uploads of {hands.bucket} are removed from now on")


async def empties(hands: Hands) -> None:
    await menu(hands, "Empty it")
    await hands.types(hands.bucket, "2 objects (7 B)", "2 old versions (4 B)", "1 delete marker")
    await hands.done(f"Emptied the bucket {hands.bucket}")


async def deletes_bucket(hands: Hands) -> None:
    await menu(hands, "Delete it")
    await hands.types(hands.bucket, "It is not empty: 2 objects (7 B)", "2 old versions (4 B)", "1 delete marker")
    await hands.done(f"Deleted the bucket {hands.bucket}")
    assert hands.bucket not in buckets(hands)
    hands.server.client().create_bucket(Bucket=hands.bucket)  # what is to be seen then is an empty one


PAST = {"a.csv": "newest old", "b.csv": "✗ b", "f/x.csv": "x"}
GOOD = "gone for good"
ALL_ON = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def suspended(hands: Hands) -> None:
    """Suspended, and then undone: it is on again."""
    assert versioning(hands) == "Enabled"


async def suspends(hands: Hands) -> None:
    await switched("Suspend versioning", "Suspend versioning", "Suspended versioning of {}", "destroys it")(hands)
    assert versioning(hands) == "Suspended"


async def switches_on(hands: Hands) -> None:
    await switched("Switch versioning on", "Switch on versioning", "Switched on versioning of {}")(hands)
    assert versioning(hands) == "Enabled"


def was_on(hands: Hands) -> None:
    assert versioning(hands) == "Suspended"


async def blocks(hands: Hands) -> None:
    ends = "Switched on the block, which does not end public access to {}"  # moto keeps the block, and ignores it
    await switched("Block public access", "Block public access", ends)(hands)
    assert block(hands) == ALL_ON


def has_block(hands: Hands) -> None:
    hands.server.client().put_public_access_block(Bucket=hands.bucket, PublicAccessBlockConfiguration=ALL_ON)


def no_block(hands: Hands) -> None:
    assert not any(block(hands).values())


async def allows(hands: Hands) -> None:
    await switched("No longer block", "No longer block public access", "Stopped blocking public access to {}")(hands)
    no_block(hands)


def blocked(hands: Hands) -> None:
    assert block(hands) == ALL_ON


NO_BLOCK = {SEAWEED: "it answers 501 to PutPublicAccessBlock, so the menu leaves it out"}
BUCKETS = (
    Row(
        "bucket: create",
        "private, versioned",
        "browse.bucket",
        creates,
        begins=has_new_name,
        undone=BEFORE,
        ends=was_created,
    ),
    Row("bucket: versioning", "suspended", "browse.bucket", suspends, undone=BEFORE, ends=suspended),
    Row(
        "bucket: versioning",
        "on",
        "browse.bucket",
        switches_on,
        is_versioned=False,
        undone=BEFORE,
        ends=was_on,
    ),
    Row(
        "bucket: public access block",
        "on",
        "browse.bucket",
        blocks,
        undone=BEFORE,
        ends=no_block,
        not_on=NO_BLOCK,
    ),
    Row(
        "bucket: public access block",
        "off",
        "browse.bucket",
        allows,
        begins=has_block,
        undone=BEFORE,
        ends=blocked,
        not_on=NO_BLOCK,
    ),
    Row("bucket: lifecycle rules", "in words", "browse.bucket", sees_rules, begins=has_rules),
    Row(
        "bucket: open uploads",
        "beside a rule",
        "browse.bucket",
        aborts_uploads,
        begins=has_rules,
        no_undo="to end it",
    ),
    Row("bucket: empty", "old versions and all", "browse.bucket", empties, before=PAST, after={}, no_undo=GOOD),
    Row(
        "bucket: delete",
        "not empty",
        "browse.bucket",
        deletes_bucket,
        before=PAST,
        after={},
        no_undo="does not come back",
    ),
)

# besides -------------------------------------------------------------------------------------------------------------


async def makes_workspace(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.press("W")
    await hands.agrees("Make a workspace of s3://")
    await hands.until(lambda: bool(hands.app.changes.outcomes), "made")
    assert ".s3ml/workspace.json" in hands.seen()


def has_models(hands: Hands) -> None:
    store = open_store(Context())
    Workbench(store, Place(hands.bucket)).models(1, 2, champion=1)
    store.close()


def champion(hands: Hands) -> str:
    """What the alias's newest move points to."""
    client = hands.server.client()
    listed = client.list_objects_v2(Bucket=hands.bucket, Prefix=".s3ml/aliases/champion/")["Contents"]
    body: bytes = client.get_object(Bucket=hands.bucket, Key=max(one["Key"] for one in listed))["Body"].read()
    return "models/v2" if b"models/v2" in body.partition(b'"previous"')[0] else "models/v1"


async def promotes(hands: Hands) -> None:
    await hands.press("4")
    await hands.shows("models/v2", "champion")
    await hands.press("p")
    await hands.shows("Point which alias to models/v2?")
    await hands.press("enter")
    await hands.agrees("Make models/v2 champion")
    await hands.until(lambda: bool(hands.app.changes.outcomes), "promoted")
    assert champion(hands) == "models/v2"


def was_promoted(hands: Hands) -> None:
    assert champion(hands) == "models/v1"


async def undoes_in_activity(hands: Hands) -> None:
    await deletes()(hands)
    await hands.press("6")
    await hands.shows("Deleted a.csv", "1 outcome")
    await hands.press("enter")
    await hands.agrees("This undoes “", "Bring back a.csv")
    await hands.until(lambda: len(hands.app.changes.outcomes) == 2, "undone")


BESIDES = (Row("undo", "in Activity", "activity.undo_this", undoes_in_activity, after=BEFORE | {"a.csv": "a ✗ a"}),)
WITH_RECORDS = (
    Row("make a workspace", "a bucket", "browse.make_workspace", makes_workspace, is_whole=False),
    Row(
        "promote",
        "an alias",
        "models.promote",
        promotes,
        begins=has_models,
        is_whole=False,
        undone=BEFORE,
        ends=was_promoted,
    ),
)

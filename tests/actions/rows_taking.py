"""Rows of what is taken along and leaves the bucket as it was: a link to share, and what is yanked."""

import urllib.request

from s3ml_tui import settings
from s3ml_tui.ui.dialogs.share_link import QrScreen, ShareScreen
from s3ml_tui.ui.dialogs.yank_menu import YankMenu
from tests.actions.hands import Hands
from tests.actions.row import Row


def opened(link: str) -> str:
    """What anyone gets who has the link."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(link, timeout=30) as answer:
        body: bytes = answer.read()
    return body.decode()


async def shares(hands: Hands, body: str) -> None:
    """Yanked, drawn, opened; and then in no file of ours."""
    await hands.press("S")
    await hands.chooses("15 minutes", "cannot be revoked")
    await hands.dialog(ShareScreen, "A link to a.csv")
    await hands.press("y")
    await hands.until(lambda: "X-Amz-Signature=" in hands.app.clipboard, "the link in the clipboard")
    link = hands.app.clipboard
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert "X-Amz-Expires=900" in link
    assert opened(link) == body
    await hands.press("r")
    await hands.dialog(QrScreen)
    await hands.press("escape")
    await hands.dialog(ShareScreen)
    await hands.press("escape")
    await hands.until(lambda: bool(hands.app.changes.outcomes), "shared")
    assert hands.app.changes.outcomes[0].title.startswith("Shared a.csv until")
    signature = link.partition("X-Amz-Signature=")[2][:64]
    kept = [path.read_text(errors="replace") for path in settings.state_folder().rglob("*") if path.is_file()]
    assert any("Shared a.csv until" in text for text in kept)
    assert not any(signature in text for text in kept)


async def shares_one(hands: Hands) -> None:
    await hands.to("a.csv")
    await shares(hands, "newest")


async def shares_old(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    await shares(hands, "old")


async def yanks(hands: Hands, name: str, text: str) -> None:
    await hands.press("y")
    await hands.chooses(name, "Take along", kind=YankMenu)
    await hands.until(lambda: hands.app.clipboard == text, f"{text} in the clipboard")


async def yanks_object(hands: Hands) -> None:
    await hands.to("a.csv")
    uri = f"s3://{hands.bucket}/a.csv"
    await hands.press("y")
    await hands.dialog(YankMenu)
    await hands.press("y")
    await hands.until(lambda: hands.app.clipboard == uri, "the address in the clipboard")
    await yanks(hands, "key", "a.csv")
    await yanks(hands, "ARN", f"arn:aws:s3:::{hands.bucket}/a.csv")
    await hands.press("y")
    await hands.chooses("aws command", kind=YankMenu)
    await hands.until(lambda: "aws s3api get-object" in hands.app.clipboard, "the command in the clipboard")


async def yanks_version(hands: Hands) -> None:
    await hands.to("a.csv")
    await hands.to_version(3, 2)
    versions = hands.server.client().list_object_versions(Bucket=hands.bucket, Prefix="a.csv")["Versions"]
    [old] = [version["VersionId"] for version in versions if version["Size"] == 3]
    await yanks(hands, "VersionId", old)


async def yanks_folder(hands: Hands) -> None:
    await hands.to("f/")
    await yanks(hands, "URI", f"s3://{hands.bucket}/f/")
    await yanks(hands, "prefix", "f/")


TWO = {"a.csv": "newest old", "f/x.csv": "x"}
TAKING = (
    Row("share", "one object", "browse.share", shares_one, before=TWO, no_undo="cannot be revoked"),
    Row("share", "an old version", "browse.share", shares_old, before=TWO, no_undo="cannot be revoked"),
    Row("yank", "one object", "browse.yank", yanks_object, before=TWO),
    Row("yank", "an old version", "browse.yank", yanks_version, before=TWO),
    Row("yank", "a prefix", "browse.yank", yanks_folder, before=TWO),
)

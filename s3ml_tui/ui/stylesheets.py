"""Where the styles lie."""

from pathlib import Path, PurePath

_SHARED = "s3ml"


def style_files() -> list[str | PurePath]:
    """All style sheets, the shared one first, so that a screen's own go before it.

    They lie beside the package in a checkout, inside it once installed. An editable install leaves a stale copy in
    site-packages and none beside the package, so the first that exists counts.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "styles", package.parent / "styles"):
        found = sorted(folder.glob("*.tcss"), key=lambda path: (path.stem != _SHARED, path.stem))
        if found:
            return list(found)
    raise FileNotFoundError("s3ml's styles are missing: install it again")

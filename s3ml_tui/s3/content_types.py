"""The content type of a file, guessed from its name."""

import mimetypes

_OURS = {
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".joblib": "application/octet-stream",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".log": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".npy": "application/octet-stream",
    ".parquet": "application/vnd.apache.parquet",
    ".pkl": "application/octet-stream",
    ".skops": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".toml": "application/toml",
    ".tsv": "text/tab-separated-values; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_DEFAULT = "application/octet-stream"


def content_type_of(name: str) -> str:
    """As `text/csv; charset=utf-8`; application/octet-stream when nothing better is known."""
    dot = name.rfind(".")
    ours = _OURS.get(name[dot:].lower()) if dot >= 0 else None
    if ours is not None:
        return ours
    found, encoding = mimetypes.guess_type(name, strict=False)
    if found is None or encoding is not None:
        return "application/gzip" if encoding == "gzip" else _DEFAULT
    return f"{found}; charset=utf-8" if found.startswith("text/") else found

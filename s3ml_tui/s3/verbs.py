"""The store's verbs, each a module that is loaded when it is first used.

A session lists long before it copies or deletes, and `s3ml ls` does nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from s3ml_tui.s3 import (
        below,
        buckets,
        buckets_changing,
        copying,
        deleting,
        deleting_many,
        downloading,
        histories,
        links,
        listing,
        listing_all,
        locking,
        looking,
        probing,
        reading,
        rewriting,
        tagging,
        thawing,
        unclaimed,
        uploading,
        writing,
    )

__all__ = [
    "below",
    "buckets",
    "buckets_changing",
    "copying",
    "deleting",
    "deleting_many",
    "downloading",
    "histories",
    "links",
    "listing",
    "listing_all",
    "locking",
    "looking",
    "probing",
    "reading",
    "rewriting",
    "tagging",
    "thawing",
    "unclaimed",
    "uploading",
    "writing",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return import_module(f"s3ml_tui.s3.{name}")

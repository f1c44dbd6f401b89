"""All that is deleted below a prefix, brought back at once: what is deleted is seen by one listing of versions."""

from dataclasses import replace
from typing import TYPE_CHECKING

from s3ml_tui.domain.errors import NotFound
from s3ml_tui.domain.plans.batch import BringBackMany
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.storage.store import Cancelled, never
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.browse.recursive import tops_below

if TYPE_CHECKING:
    from s3ml_tui.services.session import Services


def plan_bring_back_below(
    services: "Services", place: Place, *, cancelled: Cancelled = never
) -> BringBackMany | NothingToDo:
    """What bringing all of it back would do; each with its newest bytes, as when it is marked alone.

    Raises NotFound (nothing is or was there), BadInput (too many), Denied, Cancelled.
    """
    top, _ = tops_below(services.store, place, cancelled=cancelled)
    if not top:
        raise NotFound(f"Nothing is or was below {place.uri}", advice="Check the address")
    deleted = [key for key, version in top.items() if version.is_delete_marker]
    if not deleted:
        if not services.context.read_only:
            services.transfers.copies.clear()  # nobody asks again for what an interrupted command left open
        return NothingToDo(f"Bring back {place.name}/", f"Nothing below {place.uri} is deleted.")
    plan = services.many.plan_bring_back(deleted, cancelled=cancelled)
    if isinstance(plan, NothingToDo):
        return plan
    return replace(plan, skipped=plan.skipped + len(top) - len(deleted), place=place)

"""Buckets that are no workspace of s3ml: before the first change to one a user is asked whether it is the right one."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from s3ml_tui.domain.errors import Denied, S3mlError
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.uri import Place, bucket_text

_FORESEEN_S = 60.0
"""So long what was found while a plan was made is taken as it was."""


class FirstChanges:
    """Remembers for a session what was agreed to. Methods block and raise nothing; safe to use from many threads."""

    def __init__(self, find: Callable[[Place], Place | None]) -> None:
        """`find` gives the workspace that a place lies in, None when there is none; raises S3mlErrors."""
        self._find = find
        self._agreed = set[str]()
        """Buckets."""
        self._workspaces = set[Place]()
        self._foreseen: tuple[Place, Future[Place | None], float] | None = None
        """What was looked for last while a plan was made, and when."""
        self._lock = threading.Lock()

    def foresee(self, place: Place, known: Place | None = None) -> None:
        """Something at `place` is about to be changed: look for its workspace now, while the plan is made."""
        with self._lock:
            workspaces = {*self._workspaces, *([known] if known is not None else [])}
            if place.bucket in self._agreed or any(_holds(one, place) for one in workspaces):
                return
            answer = Future[Place | None]()
            self._foreseen = place, answer, time.monotonic()

        def look() -> None:
            try:
                answer.set_result(self._find(place))
            except S3mlError as error:
                answer.set_exception(error)  # whoever waits for the answer is told
            except BaseException as error:
                answer.set_exception(error)
                raise

        threading.Thread(target=look, name="s3ml-foreseen", daemon=True).start()

    def _workspace_of(self, place: Place) -> Place | None:
        """As it is found, or as was found while the plan was made; that counts once."""
        with self._lock:
            foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None:
            at, answer, asked_at_s = foreseen
            if _holds(at, place) and time.monotonic() - asked_at_s < _FORESEEN_S:
                found = answer.result()
                if found is not None or at == place:
                    return found
        return self._find(place)

    def question(self, plan: Plan, known: Place | None = None) -> str:
        """What is to be asked besides the plan, as a sentence; "" where nothing is.

        Args:
            plan: What is about to be agreed to.
            known: A workspace that need not be looked for.
        """
        with self._lock:
            workspaces = {*self._workspaces, *([known] if known is not None else [])}
            places = [place for place in plan.places if plan.changes_anything and place.bucket not in self._agreed]
        strange = [place for place in places if not any(_holds(one, place) for one in workspaces)]
        return next((said for place in strange if (said := self._said(place))), "")

    def agreed(self, plan: Plan) -> None:
        """It is the right bucket; nothing is asked about it any more."""
        with self._lock:
            self._agreed.update(place.bucket for place in plan.places if plan.changes_anything)

    def _said(self, place: Place) -> str:
        name = bucket_text(place.bucket)
        try:
            workspace = self._workspace_of(place)
        except Denied:
            return f"Whether {name} is a workspace of s3ml could not be seen: is it the bucket you mean to change?"
        except S3mlError:
            return ""  # then the change itself says what is wrong
        if workspace is None:
            return f"{name} is not a workspace of s3ml: is it the bucket you mean to change?"
        with self._lock:
            self._workspaces.add(workspace)
        return ""


def _holds(workspace: Place, place: Place) -> bool:
    return workspace.bucket == place.bucket and place.prefix.startswith(workspace.prefix)

"""The check-up: what works with these credentials, on this server, at this place. It looks; it writes only when asked.

One finding a check, as soon as it is known. What makes all further checks pointless ends it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from s3ml_tui.domain import permissions
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.doctor import Contact, CredentialFacts, Diagnosis, Finding, Verdict
from s3ml_tui.domain.errors import Denied, NotSupported, S3mlError, StrangeAnswer, Unreachable
from s3ml_tui.domain.permissions import Use
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import count_text, elapsed_text
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.services.doctor.place_checks import PlaceChecks, Trials
from s3ml_tui.services.doctor.verdicts import Over, failed, is_hopeless, judged

SKEW_NOTED_S = 5.0
"""Clocks that differ by less agree: servers tell theirs to the second."""
SKEW_REFUSED_S = 900.0
"""S3 refuses requests signed further from its own time ("RequestTimeTooSkewed", S3 API reference)."""


class Doctor:
    """One check-up of one place. All methods block and raise no error: a failure is a finding."""

    def __init__(
        self,
        store: Store,
        context: Context,
        now: Callable[[], datetime],
        *,
        diagnosis: Diagnosis | None,
        find_workspace: Callable[[Place], Place | None],
    ) -> None:
        self._store = store
        self._context = context
        self._now = now
        self._diagnosis = diagnosis
        self._find_workspace = find_workspace
        self._kms_key = ""
        self._place: Place | None = None

    def examine(
        self, place: Place | None, *, key: ObjectKey | None = None, may_write: bool = False
    ) -> Iterator[Finding]:
        """The findings, one after the other.

        Args:
            place: Where; None checks the account alone.
            key: The object that the address may mean as well; when it is one, the level it is on is examined with it.
            may_write: Whether writes may be tried in a workspace; never in a read-only context.
        """
        self._place = place
        try:
            yield from self._connection(place)
            yield from self._account(is_all=place is None)
            if place is not None:
                place, key = self._meant(place, key)
                checks = PlaceChecks(self._store, place, key)
                yield from checks.findings()
                self._kms_key = checks.kms_key
                yield from self._writes(place, may_write=may_write)
        except Over as over:
            yield over.finding
            yield Finding("the rest", Verdict.UNKNOWN, "Not tried, since nothing goes without that.")

    @property
    def place(self) -> Place | None:
        """What was examined: the level of the object, when the address is one's."""
        return self._place

    def policies(self) -> dict[Use, dict[str, Any]]:
        """The policies that would be enough at the place that was examined; none where there was none."""
        return permissions.both(self._place, self._context.region, kms_key=self._kms_key) if self._place else {}

    # the connection ----------------------------------------------------------------------------------------------

    def _connection(self, place: Place | None) -> Iterator[Finding]:
        if self._diagnosis is None:
            yield Finding("connection", Verdict.UNKNOWN, f"{self._store.endpoint} tells nothing of itself.")
            return
        try:
            contact = self._diagnosis.contact(place.bucket if place else "")
        except S3mlError as error:
            raise Over(failed("connection", error, is_fatal=True)) from error
        named = f", {contact.software}" if contact.software else ""
        spent = f"{contact.elapsed_s * 1000:.0f} ms"
        yield Finding("connection", Verdict.WORKS, f"{self._store.endpoint} answers in {spent}{named}.")
        yield self._clock(contact)

    def _clock(self, contact: Contact) -> Finding:
        if contact.server_time is None:
            return Finding("clock", Verdict.UNKNOWN, "The server does not tell its time.")
        skew_s = (self._now() - contact.server_time).total_seconds()
        if abs(skew_s) < SKEW_NOTED_S:
            return Finding("clock", Verdict.WORKS, "This machine's clock agrees with the server's.")
        where = "ahead of" if skew_s > 0 else "behind"
        sentence = f"This machine's clock is {elapsed_text(abs(skew_s))} {where} the server's"
        if abs(skew_s) < SKEW_REFUSED_S:
            return Finding("clock", Verdict.WORKS, f"{sentence}; up to 15 minutes are accepted.")
        return Finding(
            "clock", Verdict.LACKS, f"{sentence}; S3 refuses more than 15 minutes.",
            follows="Set the clock (timedatectl set-ntp true).",
        )  # fmt: skip

    # the account -------------------------------------------------------------------------------------------------

    def _account(self, *, is_all: bool) -> Iterator[Finding]:
        """The credentials, judged by the first signed request: the listing of buckets."""
        facts = None
        try:
            facts = self._diagnosis.credentials() if self._diagnosis else None
            count = len(self._store.buckets())
        except S3mlError as error:
            if is_hopeless(error) or isinstance(error, StrangeAnswer):
                check = "connection" if isinstance(error, Unreachable | StrangeAnswer) else "credentials"
                raise Over(failed(check, error, is_fatal=True)) from error
            listing = failed(permissions.LIST_BUCKETS, error, is_fatal=is_all)
            if not isinstance(error, Denied | NotSupported):
                yield Finding("credentials", Verdict.UNKNOWN, f"Found: {self._kind(facts)}; they could not be tried.")
                yield listing
                return
        else:
            listing = Finding(permissions.LIST_BUCKETS.name, Verdict.WORKS, f"{count_text(count, 'bucket')} listed.")
        yield Finding("credentials", Verdict.WORKS, f"Accepted: {self._kind(facts)}.")
        if self._context.request_payer:
            yield Finding("payment", Verdict.WORKS, "This account pays for requests to requester-pays buckets.")
        yield listing

    def _kind(self, facts: CredentialFacts | None) -> str:
        said = facts.kind if facts else "those of this session"
        if self._context.profile:
            said += f", profile {self._context.profile}"
        if facts and facts.expires:
            left_s = max((facts.expires - self._now()).total_seconds(), 0)
            return f"{said}; they expire in {elapsed_text(left_s)}"
        return f"{said}; temporary" if facts and facts.is_temporary else said

    # the place ---------------------------------------------------------------------------------------------------

    def _meant(self, place: Place, key: ObjectKey | None) -> tuple[Place, ObjectKey | None]:
        """The level to examine, and the object to try, when there is one."""
        if key is not None and self._is_object(key, place):
            self._place = key.place
            return key.place, key
        return place, None

    def _is_object(self, key: ObjectKey, place: Place) -> bool:
        try:
            self._store.facts(key)
        except Denied:
            return not self._holds_something(place)  # a HEAD is refused alike when it is not there
        except S3mlError:
            return False
        return True

    def _holds_something(self, place: Place) -> bool:
        try:
            page = self._store.list_page(place)
        except S3mlError:
            return False
        return bool(page.keys or page.prefixes)

    # writes ------------------------------------------------------------------------------------------------------

    def _writes(self, place: Place, *, may_write: bool) -> Iterator[Finding]:
        name = permissions.WRITE.name
        if self._context.read_only:
            said = (
                f"Not tried: the context {self._context.name} is read-only, and nothing is sent that changes a thing."
            )
            yield Finding(name, Verdict.UNKNOWN, said)
            return
        if not may_write:
            said = "Not tried. --write tries it in a workspace, with small objects under .s3ml/ that are removed again."
            yield Finding(name, Verdict.UNKNOWN, said)
            return
        try:
            workspace = self._find_workspace(place)
        except S3mlError as error:
            yield judged(permissions.WRITE, error)
            return
        if workspace is None:
            yield Finding(
                name, Verdict.UNKNOWN, f"Not tried: {place.uri} lies in no workspace.",
                follows=f"`s3ml init {place.uri}` would make one.",
            )  # fmt: skip
            return
        try:
            yield from Trials(self._store, workspace).findings()
        except S3mlError as error:
            yield judged(permissions.WRITE, error)

"""The boto3 clients of one connection: one that looks, one that changes, one without a signature.

Looking may be repeated, so boto3 repeats it. A change whose answer was lost may have been made, so the client that
changes sends once, and `retry.attempt` decides what to do next.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore import UNSIGNED
from botocore.config import Config

from s3ml_tui.domain.storage.capabilities import Capabilities
from s3ml_tui.domain.storage.request_log import RequestLog
from s3ml_tui.domain.uri import is_directory_bucket
from s3ml_tui.s3.connection.boto3_event_hooks import (
    judge_no_range_by_the_whole,
    limit_silent_retries,
    send_content_md5,
    watch_failures,
)
from s3ml_tui.s3.connection.connection_limit import Slots
from s3ml_tui.s3.connection.regions import Regions
from s3ml_tui.s3.connection.request_log import watch_requests
from s3ml_tui.s3.connection.server_quirks import Habits
from s3ml_tui.s3.connection.upload_body import watch_bodies
from s3ml_tui.s3.direct_http.requests import DirectRequests
from s3ml_tui.s3.direct_http.routes import Routes
from s3ml_tui.s3.errors.redirects import watch_redirects
from s3ml_tui.s3.errors.requester_pays import pay_in_links, watch_payments
from s3ml_tui.s3.errors.translate import address
from s3ml_tui.s3.parsing.fast_listing_xml import S3_PAGE
from s3ml_tui.s3.parsing.listing_xml import watch_listings
from s3ml_tui.s3.parsing.response_checks import watch_answers
from s3ml_tui.s3.settings import TransferSettings

if TYPE_CHECKING:
    from s3ml_tui.s3.connection.mfa import SigningIn

Client = Any
"""A boto3 S3 client; boto3 has no types of its own."""

_POOL = 32
"""Connections kept open to one server; more than all our threads together."""


_WIDE_PAGE = 10_000


class Clients:
    """Clients made when first needed, shared by all threads, and what was learnt of the server with them."""

    def __init__(
        self,
        make: Callable[[Config, str | None], Client],
        settings: TransferSettings,
        *,
        is_aws: bool,
        addressing: str | None,
        pays: bool = False,
    ) -> None:
        self.settings = settings
        self.is_aws = is_aws
        self.pays = pays
        """For requests to requester-pays buckets."""
        self.slots = Slots(settings.threads)
        """The bound on requests of transfers."""
        self.requests = RequestLog()
        """What was sent."""
        routes = Routes(settings, self)
        self.direct = DirectRequests(routes, self.requests, lambda: self._are_checksums_eased)
        """Requests about one object without boto3."""
        self.capabilities = dict[str, Capabilities]()
        """What probing found, by bucket."""
        self.regions = Regions()
        """Where buckets were found."""
        self.habits = Habits(are_pages_s3=is_aws or None)
        self.credentials: Any = None
        """botocore's, as its chain found them."""
        self.sign_in: SigningIn | None = None
        """How they turn to a person."""
        self.on_failure: Callable[[str], None] | None = None
        """Told the endpoint when the server fails; may raise a better reason."""
        self._make = make
        self._addressing = addressing
        self._made: dict[str, Client] = {}
        self._lock = threading.Lock()
        self._are_checksums_eased = False

    @property
    def looking(self) -> Client:
        """For requests that change nothing; repeated by boto3."""
        return self._get("looking")

    @property
    def once(self) -> Client:
        """For a look that is not worth repeating."""
        return self._get("changing")

    @property
    def changing(self) -> Client:
        """For requests that change something; sent once."""
        return self._get("eased" if self._are_checksums_eased else "changing")

    @property
    def changing_eased(self) -> Client:
        """The same without boto3's default checksums, for servers that refuse them."""
        return self._get("eased")

    @property
    def unsigned(self) -> Client:
        """Nobody's client: what it may see, anyone may."""
        return self._get("unsigned")

    def linking(self, bucket: str) -> Client:
        """For links to a bucket: they are signed for its own region, or for a directory bucket's session."""
        if is_directory_bucket(bucket):
            return self.looking
        return self._get("linking", self.regions.of(bucket))

    @property
    def endpoint(self) -> str:
        """The server's address, for people."""
        return address(str(self.looking.meta.endpoint_url))

    @property
    def region(self) -> str:
        """The region requests are signed for."""
        return str(self.looking.meta.region_name)

    @property
    def most_listed(self) -> int:
        """Entries asked for in one listing request.

        S3 gives a thousand at most. Some servers give more, and lose names where they cut a page; they are asked for
        more, so that they cut rarely. Those that cap as S3 does answer as ever.
        """
        usual = self.settings.page_size
        return usual if self.is_aws or usual < S3_PAGE else max(usual, _WIDE_PAGE)

    def refuses_unmet(self, bucket: str) -> bool:
        """Whether putting an object under a condition that does not hold is known to be refused."""
        known = self.capabilities.get(bucket)
        if known is not None:
            return known.conditional_create and known.conditional_replace
        return self.is_aws and not is_directory_bucket(bucket)

    def refuses_unmet_deletes(self, bucket: str) -> bool:
        """Whether deleting an object under an ETag that does not hold is known to be refused."""
        return self.is_aws and bucket not in self.habits.deletes_without_etags

    @property
    def are_checksums_eased(self) -> bool:
        """Whether this server was seen to refuse boto3's default checksums."""
        return self._are_checksums_eased

    def ease_checksums(self) -> None:
        """Remember that this server refuses boto3's default checksums."""
        self._are_checksums_eased = True

    def close(self) -> None:
        """Let go of all connections."""
        self.slots.close()
        self.direct.routes.close()
        with self._lock:
            made = list(self._made.values())
        for client in made:
            client.close()

    def _get(self, role: str, region: str | None = None) -> Client:
        name = f"{role} {region or ''}"
        with self._lock:
            if name not in self._made:
                client = self._make(self._config(role), region)
                watch_listings(client)
                watch_answers(client)
                limit_silent_retries(client)
                send_content_md5(client)
                judge_no_range_by_the_whole(client)
                watch_bodies(client)
                if role == "looking" and not self.pays:
                    self.direct.routes.watch(client)
                if role != "unsigned":
                    watch_payments(client, pays=self.pays, is_aws=self.is_aws)
                if role == "linking":
                    pay_in_links(client)
                watch_redirects(client)
                watch_failures(client, self._explain_failure)
                watch_requests(client, self.requests, is_signed=role != "unsigned")
                self.regions.watch(client)
                self._made[name] = client
            return self._made[name]

    def _explain_failure(self) -> None:
        if self.on_failure is not None:
            self.on_failure(self.endpoint)

    def _signature(self, role: str) -> Any:
        """boto3 knows what AWS wants where, sessions of directory buckets included; for the rest it is told."""
        if role == "unsigned":
            return UNSIGNED
        return None if self.is_aws and role != "linking" else "s3v4"

    def _config(self, role: str) -> Config:
        attempts = self.settings.attempts if role == "looking" else 1
        options: dict[str, Any] = {
            "connect_timeout": self.settings.connect_timeout_s,
            "read_timeout": self.settings.read_timeout_s,
            "retries": {"mode": "standard", "total_max_attempts": attempts},
            "signature_version": self._signature(role),
            "max_pool_connections": _POOL,
        }
        if self._addressing is not None:
            options["s3"] = {"addressing_style": self._addressing}
        if role == "eased":
            options["request_checksum_calculation"] = "when_required"
        return Config(**options)

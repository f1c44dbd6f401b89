"""From a context to a store: boto3's own chain for credentials, region and endpoint, our times and signature."""

from collections.abc import Callable
from functools import cache, partial

import boto3.session
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import NoCredentials
from s3ml_tui.domain.storage import secrets
from s3ml_tui.s3.connection.credentials import Chain
from s3ml_tui.s3.connection.profiles import configured_endpoint
from s3ml_tui.s3.connection.request_log import connection_flags
from s3ml_tui.s3.errors.translate import address, translated
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store

_USED = ["s3", "signin", "sso", "sso-oidc", "sts"]
"""S3, and what boto3 asks for credentials."""
_KINDS = {"service-2", "endpoint-rule-set-1"}
"""What a client is made of; all of them have these."""


class ServiceModels(Loader):  # type: ignore[misc]  # botocore has no types
    """A loader that knows without looking which services there are, as far as they are used here.

    Before boto3 reads a model it looks through the folders of all four hundred services, to check the name: a third of
    what a client costs.
    """

    def list_available_services(self, type_name: str) -> list[str]:
        """The services that have such a model, as far as they matter."""
        if type_name in _KINDS:
            return _USED
        found: list[str] = super().list_available_services(type_name)
        return found


_DEFAULT_REGION = "us-east-1"
_MOST_ATTEMPTS = 3
_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def connect(
    context: Context,
    credentials: tuple[str, str] | None = None,
    *,
    settings: TransferSettings | None = None,
    on_failure: Callable[[str], None] | None = None,
) -> S3Store:
    """A store for `context`. No request is sent, save those boto3's chain needs to find credentials.

    Args:
        context: Which profile, endpoint and region; None in any of them leaves the choice to boto3's chain.
        credentials: Access key and secret key of the embedded server; for all others None.
        settings: Sizes, counts and times; for tests.
        on_failure: Called with the endpoint when the server says that it failed; may raise why.

    Raises NoCredentials, BadInput (an endpoint that is no address).
    """
    secrets.note(*(credentials or ()))
    with translated(endpoint=context.endpoint_url or ""):
        core = botocore.session.Session(profile=None if credentials else context.profile)
        core.register_component("data_loader", _loader())
        core.set_default_client_config(_of_others(settings or TransferSettings()))
        chain = Chain(core, context.region or core.get_config_variable("region") or _DEFAULT_REGION)
        core.register_component("credential_provider", chain)
        session = boto3.session.Session(
            aws_access_key_id=credentials[0] if credentials else None,
            aws_secret_access_key=credentials[1] if credentials else None,
            region_name=context.region,
            botocore_session=core,
        )
        if session.get_credentials() is None:
            raise NoCredentials(
                "No credentials were found",
                cause="Neither the environment nor the AWS configuration has any",
                advice="Name a profile (--profile or AWS_PROFILE), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or use the local server (s3ml local start)",
            )
        endpoint = context.endpoint_url or configured_endpoint(core)
        is_aws = endpoint is None or _is_aws(endpoint)
        usual = session.region_name or _DEFAULT_REGION
        make = partial(session.client, "s3", endpoint_url=context.endpoint_url)
        store = S3Store(
            lambda config, region: make(config=config, region_name=region or usual),
            settings or TransferSettings(),
            is_aws=is_aws,
            addressing=_addressing(core, is_aws=is_aws),
            pays=context.request_payer,
        )
        store.credentials, store.sign_in = session.get_credentials(), chain.sign_in
        store.on_failure = on_failure
        store.requests.flags = connection_flags(
            profile=None if credentials else context.profile,
            endpoint=address(endpoint) if endpoint else None,
            region=usual,
        )
        store.direct.routes.ca_bundle = core.get_config_variable("ca_bundle")
        _ = store.endpoint  # makes the client now, so that a bad address is told here
    return store


@cache
def _loader() -> ServiceModels:
    """boto3's model of S3, read once for all connections of the process."""
    return ServiceModels()


def _of_others(settings: TransferSettings) -> Config:
    """For the services that give credentials; boto3's own times are minutes."""
    return Config(
        connect_timeout=settings.connect_timeout_s,
        read_timeout=settings.read_timeout_s,
        retries={"mode": "standard", "total_max_attempts": min(settings.attempts, _MOST_ATTEMPTS)},
    )


def _is_aws(endpoint: str) -> bool:
    host = endpoint.partition("://")[2].partition("/")[0].partition(":")[0].lower()
    return host.endswith(_AWS_DOMAINS)


def _addressing(session: botocore.session.Session, *, is_aws: bool) -> str | None:
    """How buckets are addressed; None leaves it to the user's configuration.

    Path style where a bucket is unlikely to have a host name of its own. On AWS "virtual", which takes path style where
    it must, and without which boto3 presigns for a host that redirects new buckets of other regions.
    """
    chosen = session.get_scoped_config().get("s3")
    if isinstance(chosen, dict) and "addressing_style" in chosen:
        return None
    return "virtual" if is_aws else "path"

"""What boto3's chain would use, found without the network: profiles, credentials, a configured endpoint.

The first two questions are asked before the first frame, so they read the AWS files without botocore.
"""

import configparser
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import botocore.session

_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_FILES = (("AWS_CONFIG_FILE", "~/.aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_SIGNS_OF_CREDENTIALS = frozenset(
    {"aws_access_key_id", "credential_process", "role_arn", "sso_session", "sso_start_url", "login_session"}
)
_SIGNS_OF_ENDPOINT = frozenset({"endpoint_url", "services"})


def profiles_found(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The profiles of the AWS configuration, in its order; empty when there is none or it cannot be read."""
    return tuple(_profiles(environ))


def configured(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a profile, keys or an endpoint were set up for boto3; asks no server and no metadata service."""
    if any(environ.get(name) for name in (*_CREDENTIALS, *_ENDPOINTS, "AWS_PROFILE", "AWS_DEFAULT_PROFILE")):
        return True
    default = _profiles(environ).get("default", frozenset())
    return bool((_SIGNS_OF_CREDENTIALS | _SIGNS_OF_ENDPOINT) & default)


def _profiles(environ: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The option names of every profile in the config and the credentials file; what cannot be read has none."""
    found: dict[str, frozenset[str]] = {}
    for file in _FILES:
        with suppress(configparser.Error, UnicodeDecodeError, OSError, RuntimeError):  # botocore says what is wrong
            for name, values in _values(file, environ).items():
                found[name] = found.get(name, frozenset()) | values.keys()
    return found


def _values(file: tuple[str, str], environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The profiles of one file."""
    variable, usual = file
    parser = configparser.RawConfigParser(strict=False, default_section="\0none")
    parser.read(Path(environ.get(variable) or usual).expanduser(), encoding="utf-8")
    is_config = variable == "AWS_CONFIG_FILE"
    found: dict[str, dict[str, str]] = {}
    for section in parser.sections():
        kind, _, rest = section.partition(" ")
        is_profile = not is_config or section == "default" or (kind == "profile" and rest.strip())
        if is_profile:
            name = rest.strip().strip("'\"") if is_config and rest else section
            found.setdefault(name, {}).update(parser.items(section))
    return found


def configured_endpoint(session: "botocore.session.Session", environ: Mapping[str, str] = os.environ) -> str | None:
    """The S3 endpoint that boto3's chain has for this session; None means AWS itself.

    The order is boto3's ("Service-specific endpoints" in the AWS SDKs reference guide).
    """
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    for name in _ENDPOINTS:
        if environ.get(name):
            return environ[name]
    profile = session.get_scoped_config()
    if str(profile.get("ignore_configured_endpoint_urls", "")).lower() == "true":
        return None
    services = _section(session.full_config.get("services"), profile.get("services"))
    of_s3 = _section(services, "s3").get("endpoint_url")
    return str(of_s3 or profile.get("endpoint_url") or "") or None


def _section(parent: Any, name: Any) -> Mapping[str, Any]:
    found = parent.get(name) if isinstance(parent, Mapping) else None
    return found if isinstance(found, Mapping) else {}

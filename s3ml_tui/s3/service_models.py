"""boto3's models of services, found without a look through the folders of all four hundred.

Before boto3 reads a model it lists every service it has one of, to check the name: a third of what a client costs.
"""

from botocore.loaders import Loader

_USED = ["s3", "signin", "sso", "sso-oidc", "sts"]
"""S3, and what boto3 asks for credentials."""
_KINDS = {"service-2", "endpoint-rule-set-1"}
"""What a client is made of; all of them have these."""


class ServiceModels(Loader):  # type: ignore[misc]  # botocore has no types
    """A loader that knows without looking which services there are, as far as they are used here."""

    def list_available_services(self, type_name: str) -> list[str]:
        """The services that have such a model, as far as they matter."""
        if type_name in _KINDS:
            return _USED
        found: list[str] = super().list_available_services(type_name)
        return found

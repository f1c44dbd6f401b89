"""What a session works with: which account, which server, from where, and whether it may change anything."""

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Context:
    """A named connection; no secrets in it, so it may be printed, stored and passed to a process."""

    name: str = "default"
    profile: str | None = None
    """Of the AWS configuration; None lets boto3's chain decide."""
    endpoint_url: str | None = None
    """None lets boto3's chain decide (AWS_ENDPOINT_URL, the configuration file, AWS itself)."""
    region: str | None = None
    workspace: str | None = None
    """The s3:// address of the workspace to begin with."""
    read_only: bool = False
    request_payer: bool = False
    """Whether this account pays for requests to requester-pays buckets."""
    colour: str = ""
    """A theme colour's name for the header; "" is the theme's own."""
    local_dir: Path | None = None
    """The folder of the embedded server to use; None when the context is not the embedded server."""

    @property
    def is_local(self) -> bool:
        """Whether this is the embedded server."""
        return self.local_dir is not None

    @property
    def account(self) -> "Context":
        """The same without what is about looks and beginnings: equal for two that speak to the same server alike."""
        return replace(self, workspace=None, read_only=False, colour="")

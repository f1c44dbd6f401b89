"""The one table from boto3's exceptions, where no answer came, to our errors, each with its sentence."""

from botocore import exceptions as boto

from s3ml_tui.domain.errors import (
    BadInput,
    Corrupted,
    ExpiredCredentials,
    NoCredentials,
    NotSupported,
    Unreachable,
)
from s3ml_tui.s3.errors.codes import Sentence

_SIGN_IN = Sentence(
    ExpiredCredentials, "You are no longer signed in", "Run aws sso login (or aws login), then try again"
)
_BROKEN_OFF = Sentence(Unreachable, "{endpoint} broke the connection off", "Try again; check the network or a proxy")

_BAD_CONFIG = Sentence(
    BadInput, "The AWS configuration cannot be used", "Correct ~/.aws/config, and the AWS_ variables of the environment"
)

_THREE_WAYS = (
    "Name a profile (--profile or AWS_PROFILE), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or use the local server (s3ml local start)"
)

# The first match counts, so the special ones stand before their parents.
BY_EXCEPTION: tuple[tuple[type[Exception], Sentence], ...] = (
    (boto.NoCredentialsError, Sentence(NoCredentials, "No credentials were found", _THREE_WAYS)),
    (boto.PartialCredentialsError, Sentence(NoCredentials, "The credentials are incomplete", _THREE_WAYS)),
    (boto.ProfileNotFound, Sentence(NoCredentials, "There is no such profile", "See aws configure list-profiles")),
    (boto.ConfigNotFound, Sentence(NoCredentials, "The AWS configuration was not found", _THREE_WAYS)),
    (boto.InvalidConfigError, _BAD_CONFIG),
    (boto.InvalidRetryConfigurationError, _BAD_CONFIG),
    (boto.ConfigParseError, _BAD_CONFIG),
    (boto.InvalidRegionError, Sentence(BadInput, "There is no such region", "Write it as us-east-1")),
    (boto.TokenRetrievalError, _SIGN_IN),
    (boto.SSOError, _SIGN_IN),
    (boto.LoginError, _SIGN_IN),
    (
        boto.MissingDependencyException,
        Sentence(NotSupported, "A library is missing for that", "Install it beside s3ml: pip install 'botocore[crt]'"),
    ),
    (
        boto.CredentialRetrievalError,
        Sentence(
            NoCredentials,
            "The credentials could not be fetched",
            "See what the profile's credential_process says when it is run by hand, or use another profile",
        ),
    ),
    (
        boto.SSLError,
        Sentence(
            Unreachable,
            "No trusted connection to {endpoint}",
            "If the server's certificate is your own, name it in AWS_CA_BUNDLE; if it speaks plain HTTP, write http://",
        ),
    ),
    (
        boto.ProxyConnectionError,
        Sentence(Unreachable, "The proxy does not answer", "Check HTTPS_PROXY, or name {endpoint} in NO_PROXY"),
    ),
    (
        boto.EndpointConnectionError,
        Sentence(
            Unreachable,
            "Nobody answers at {endpoint}",
            "Check that the server runs, the endpoint's address, and the network",
        ),
    ),
    (
        boto.ConnectTimeoutError,
        Sentence(Unreachable, "{endpoint} cannot be reached", "Check the endpoint's address, the network or the VPN"),
    ),
    (
        boto.ReadTimeoutError,
        Sentence(Unreachable, "{endpoint} stopped answering", "Try again; the server may be overloaded or stopped"),
    ),
    (boto.ConnectionClosedError, _BROKEN_OFF),
    (boto.ResponseStreamingError, _BROKEN_OFF),
    (boto.IncompleteReadError, _BROKEN_OFF),
    (boto.FlexibleChecksumError, Sentence(Corrupted, "Bytes of {what} were damaged on the way", "Try again")),
    (boto.ChecksumError, Sentence(Corrupted, "Bytes of {what} were damaged on the way", "Try again")),
    (
        boto.ParamValidationError,
        Sentence(BadInput, "{what} cannot be asked for", "Check the bucket's name, the key and the metadata"),
    ),
    (boto.HTTPClientError, Sentence(Unreachable, "The request to {endpoint} failed", "Try again; check the network")),
)

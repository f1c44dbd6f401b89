"""The loader that does not look through all services knows those that are there, and nothing else."""

import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from s3ml_tui.s3.connect import _KINDS, _USED, ServiceModels


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_what_is_named_is_there(kind: str) -> None:
    assert set(_USED) <= set(Loader().list_available_services(kind))


def test_other_kinds_are_looked_for() -> None:
    assert "s3" in ServiceModels().list_available_services("waiters-2")


def test_clients_are_made_with_it() -> None:
    session = botocore.session.Session()
    session.register_component("data_loader", ServiceModels())
    for service in _USED:
        client = session.create_client(
            service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        assert client.meta.service_model.service_name == service
        client.close()
    with pytest.raises(UnknownServiceError):
        session.create_client("ec2", region_name="us-east-1")

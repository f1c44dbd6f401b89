"""Policies: the least that is enough, and no further than the place."""

import json

from s3ml_tui.domain import permissions
from s3ml_tui.domain.permissions import ABILITIES, Use, both, partition_of, policy
from s3ml_tui.domain.uri import Place


def statements(place: Place, use: Use, **more: str) -> dict[str, dict[str, object]]:
    return {part["Sid"]: part for part in policy(place, use, **more)["Statement"]}


def actions(place: Place, use: Use) -> set[str]:
    return {action for part in policy(place, use)["Statement"] for action in part["Action"]}


def test_browsing_allows_no_change() -> None:
    allowed = actions(Place("acme"), Use.BROWSE)
    assert all(action.partition(":")[2].startswith(("Get", "List")) for action in allowed)
    changes = {action for ability in ABILITIES if ability.changes for action in ability.actions}
    assert not allowed & changes
    assert actions(Place("acme"), Use.FULL) == allowed | changes


def test_a_policy_for_a_bucket_reaches_its_objects_and_no_other_bucket() -> None:
    parts = statements(Place("acme"), Use.FULL)
    assert parts["Levels"]["Resource"] == "arn:aws:s3:::acme"
    assert "Condition" not in parts["Levels"]
    assert parts["Objects"]["Resource"] == "arn:aws:s3:::acme/*"
    assert parts["Account"] == {
        "Sid": "Account", "Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": "*"
    }  # fmt: skip
    assert "Existence" not in parts


def test_a_policy_for_a_prefix_reaches_no_further() -> None:
    parts = statements(Place("acme", "team/ml/"), Use.BROWSE)
    assert parts["Levels"]["Condition"] == {"StringLike": {"s3:prefix": "team/ml/*"}}
    assert parts["Objects"]["Resource"] == "arn:aws:s3:::acme/team/ml/*"
    assert parts["Existence"]["Condition"] == {
        "Null": {"s3:prefix": "true"},
        "NumericLessThanEquals": {"s3:max-keys": "1"},
    }
    assert "Condition" not in parts["Bucket"]


def test_wildcards_in_a_prefix_are_meant_literally() -> None:
    parts = statements(Place("acme", "a*b?c$d/"), Use.BROWSE)
    assert parts["Objects"]["Resource"] == "arn:aws:s3:::acme/a${*}b${?}c${$}d/*"


def test_access_points_and_partitions() -> None:
    point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"
    parts = statements(Place(point, "ml/"), Use.BROWSE)
    assert parts["Levels"]["Resource"] == point
    assert parts["Objects"]["Resource"] == f"{point}/object/ml/*"
    assert [partition_of(region) for region in (None, "eu-west-1", "cn-north-1", "us-gov-west-1")] == [
        "aws", "aws", "aws-cn", "aws-us-gov"
    ]  # fmt: skip
    assert "arn:aws-cn:s3:::acme" in json.dumps(both(Place("acme"), "cn-north-1"))


def test_a_directory_bucket_is_used_by_sessions_alone() -> None:
    parts = statements(Place("quick--use1-az4--x-s3", "ml/"), Use.BROWSE)
    assert list(parts) == ["Session"]
    assert parts["Session"]["Action"] == ["s3express:CreateSession"]
    assert parts["Session"]["Resource"] == "arn:aws:s3express:*:*:bucket/quick--use1-az4--x-s3"
    assert parts["Session"]["Condition"] == {"StringEquals": {"s3express:SessionMode": "ReadOnly"}}
    assert "Condition" not in statements(Place("quick--use1-az4--x-s3"), Use.FULL)["Session"]


def test_the_key_of_an_encrypted_bucket_is_in_it() -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/1"
    assert statements(Place("acme"), Use.BROWSE, kms_key=key)["Key"]["Action"] == ["kms:Decrypt"]
    assert statements(Place("acme"), Use.FULL, kms_key=key)["Key"] == {
        "Sid": "Key", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": key
    }  # fmt: skip


def test_every_ability_says_what_follows_without_it() -> None:
    assert len({ability.name for ability in ABILITIES}) == len(ABILITIES)
    for ability in ABILITIES:
        assert ability.without.endswith(".")
        assert ability.actions
    assert permissions.READ_VERSION.actions == ("s3:GetObjectVersion",)

"""Requester-pays buckets: every request says that we pay for it, where the context allows that.

Their owners refuse all others, in the same words as everybody who may not look ("Using Requester Pays buckets for
storage transfers and usage", S3 user guide). So who is refused by AWS is told of the switch.
"""

from typing import Any

HINT = "if it is a requester-pays bucket, --request-payer pays for it"
MAY_BE_PAID = "S3mlMayBePaid"
"""Stands in the error of an answer that paying might have changed."""
_HEADER = "x-amz-request-payer"


def watch_payments(client: Any, *, pays: bool, is_aws: bool) -> None:
    """Have `client` pay; or have it notice where AWS refuses somebody who does not."""
    if pays:
        client.meta.events.register("before-parameter-build.s3", _pay, unique_id="s3ml-pay")
    elif is_aws:
        client.meta.events.register("after-call.s3", _note_refusal, unique_id="s3ml-pay")


def pay_in_links(client: Any) -> None:
    """Have links carry it in their address: whoever follows one sends no header of ours."""
    client.meta.events.register("before-sign.s3", _move_to_address, unique_id="s3ml-pay-in-links")


def _pay(params: dict[str, Any], model: Any, **_event: Any) -> None:
    if model.input_shape is not None and "RequestPayer" in model.input_shape.members:
        params.setdefault("RequestPayer", "requester")


def _note_refusal(parsed: dict[str, Any], model: Any, **_event: Any) -> None:
    is_refused = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403
    if is_refused and model.input_shape is not None and "RequestPayer" in model.input_shape.members:
        parsed.setdefault("Error", {})[MAY_BE_PAID] = True


def _move_to_address(request: Any, **_event: Any) -> None:
    if _HEADER in request.headers:
        request.params = {**request.params, _HEADER: request.headers[_HEADER]}
        del request.headers[_HEADER]

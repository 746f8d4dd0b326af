"""What went wrong with a bucket, in sentences. The service's own words stay out: they may name keys and hosts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from services.backends.storage import keys
from services.errors import AppError, Unavailable

GONE: Final = frozenset({"NoSuchKey", "404", "NotFound"})
REFUSED: Final = frozenset(
    {
        *("AccessDenied", "Forbidden", "403", "401", "Unauthorized", "InvalidAccessKeyId", "SignatureDoesNotMatch"),
        *("ExpiredToken", "InvalidToken", "InvalidClientTokenId", "UnrecognizedClientException", "AllAccessDisabled"),
    }
)
DAMAGED: Final = frozenset({"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"})


@contextmanager
def plain_errors(place: object) -> Iterator[None]:
    """Turns what boto3 raises into an `AppError` about this place.

    Raises: NotFound, when there is no such object; Unavailable, for everything else.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise refusal(place, error) from None
    except BotoCoreError as error:
        raise failure(place, type(error).__name__) from None


def code(error: Any) -> str:
    """The service's code of a refusal."""
    return str(error.response.get("Error", {}).get("Code", ""))


def refusal(place: object, error: Any) -> AppError:
    """What the service refused."""
    found, status = code(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if found in GONE:
        return keys.missing()
    if found == "NoSuchBucket":
        return Unavailable(f"There is no bucket at {place}.", "Make the bucket, or check its name and region.")
    if found in REFUSED or status in (401, 403):
        return Unavailable(f"{place} does not let us in ({found}).", "Check the key and what it may do in the bucket.")
    if found in DAMAGED:
        return Unavailable(f"The file arrived damaged at {place}.", "Try again.")
    if found in ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
        return Unavailable(f"{place} is in another region.", "Set S3_REGION to the region of the bucket.")
    return Unavailable(f"{place} answered with an error ({found or status}).", "Try again in a minute.")


def failure(place: object, kind: str) -> AppError:
    """What went wrong before there was an answer."""
    if "Credentials" in kind or "Token" in kind:
        return Unavailable(
            f"There is no key for {place}.",
            "Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or give the machine a role.",
        )
    if "Timeout" in kind:
        return Unavailable(f"{place} does not answer in time.", "Try again in a minute.")
    if kind in ("SSLError", "ProxyConnectionError"):
        return Unavailable(
            f"No safe connection to {place} could be made ({kind}).", "Check its address and certificate."
        )
    return Unavailable(f"{place} cannot be reached ({kind}).", "Check its address, or try again in a minute.")

"""Reading from object storage: `s3://bucket/key`, `gs://bucket/key`, `az://container/key`.

Enters: an address and a `Sink`. Leaves: the object's bytes in the sink. Who may read, and where the storage
is, comes from the environment alone, by the variables that the providers' own tools use: AWS_ACCESS_KEY_ID,
AWS_REGION, AWS_ENDPOINT_URL (with AWS_ALLOW_HTTP and AWS_SKIP_SIGNATURE for an emulator or a public bucket),
GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_BASE_URL, AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ENDPOINT. So an
address from outside can never choose the machine that is asked. Errors: as in `retake.fetch`.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta

import obstore
from obstore.exceptions import BaseError, InvalidPathError, PermissionDeniedError, UnauthenticatedError
from obstore.store import from_url

from retake.errors import MediaError, ProviderError, Severity
from retake.fetch.sink import Sink
from retake.settings import Settings

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_CHUNK = 1 << 20
_LONGEST = timedelta(hours=1)  # for one attempt
_ALLOW_HTTP = {"s3": "AWS_ALLOW_HTTP", "gs": "GOOGLE_ALLOW_HTTP", "az": "AZURE_ALLOW_HTTP"}
_CREDENTIALS = {
    "s3": "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, or AWS_SKIP_SIGNATURE=true "
    "for a public bucket",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or GOOGLE_SKIP_SIGNATURE=true for a public bucket",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or AZURE_SKIP_SIGNATURE=true "
    "for a public container",
}


def read_object(url: str, sink: Sink, settings: Settings) -> None:
    """The object's bytes into the sink, in one attempt. Raises as `retake.fetch` says."""
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    bucket, _, key = rest.partition("/")
    if not _BUCKET.fullmatch(bucket) or not key or key.endswith("/"):
        raise MediaError(
            "this names no object", place=url, remedy=f"give it as {scheme}://bucket/folder/name"
        )
    try:
        store = from_url(
            f"{scheme}://{bucket}/",
            client_options={
                "connect_timeout": timedelta(seconds=min(10.0, settings.timeout)),
                "read_timeout": timedelta(seconds=settings.timeout),
                "timeout": _LONGEST,
                # These options replace those of the environment, of which this one is wanted.
                "allow_http": os.environ.get(_ALLOW_HTTP[scheme], "").lower() in ("true", "1"),
            },
            retry_config={"max_retries": 0},
        )
        found = obstore.get(store, key)
        sink.begin(str(found.attributes.get("Content-Type", "")), found.meta["size"])
        for chunk in found.stream(min_chunk_size=_CHUNK):
            sink.write(bytes(chunk))
    except (FileNotFoundError, InvalidPathError) as error:
        raise MediaError(
            "there is no such object", place=url, remedy="look at the bucket and the name"
        ) from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise MediaError("it may not be read", place=url, remedy=_CREDENTIALS[scheme]) from error
    except (BaseError, ValueError) as error:
        raise ProviderError(
            f"the storage cannot be read: {_first_line(error)}",
            severity=Severity.RECOVERABLE,
            place=url,
            remedy=f"look at the network; {_CREDENTIALS[scheme]}",
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]

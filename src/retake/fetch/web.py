"""Reading from the web without being led into this machine's own network (server-side request forgery).

Enters: an http or https address, and a `Sink`. Leaves: its bytes in the sink. Every connection, also after a
redirect, goes to a checked numeric address: global unicast, port 80 or 443. A host of a private network is
reached only where the settings name it with its port. Proxies of the environment are not used, since they
would connect in our stead. Errors: as in `retake.fetch`.

Source: OWASP, "Server-Side Request Forgery Prevention Cheat Sheet"; the check itself is httpx-secure's.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

import httpx
from httpx_secure import SSRFProtectionError, httpx_ssrf_protection

from retake.errors import MediaError, ProviderError, Severity
from retake.fetch.sink import Sink
from retake.settings import Settings

_PORTS = {"https": 443, "http": 80}
_MOST_REDIRECTS = 5
_CONNECT = 10.0
_LONGEST = 3600.0  # seconds for one attempt, however steadily the bytes drip
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})

_CARRIERS = [ipaddress.ip_network(name) for name in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]
"""NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056): their gateway may lead to any IPv4 address."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(url: str) -> str:
    """The address as it may be told: without password, query and fragment, which may be secret."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return url.partition("?")[0].rpartition("@")[2]
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}" if host else url.partition("?")[0]


def read_web(url: str, sink: Sink, settings: Settings) -> None:
    """The bytes at `url` into the sink, in one attempt. Raises as `retake.fetch` says."""
    place = address_of(url)
    try:
        asyncio.run(_read(url, sink, settings))
    except SSRFProtectionError as error:
        raise _private(place, error.hostname, error.port) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise MediaError(
            f"this is no address: {error}", place=place, remedy="copy it from the browser again"
        ) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise _failed(f"did not answer within {settings.timeout:g} s", place) from error
    except httpx.HTTPError as error:
        raise _failed(f"cannot be reached: {error or type(error).__name__}", place) from error


async def _read(url: str, sink: Sink, settings: Settings) -> None:
    async with AsyncExitStack() as stack, asyncio.timeout(_LONGEST):
        public = await stack.enter_async_context(_client(settings))
        httpx_ssrf_protection(public, custom_validator=_is_public)
        private = await stack.enter_async_context(_client(settings))
        location = httpx.URL(url)
        for _ in range(_MOST_REDIRECTS + 1):
            client = private if await _admit(location, settings) else public
            response = await client.send(client.build_request("GET", location), stream=True)
            stack.push_async_callback(response.aclose)
            if response.next_request is None:
                await _take(response, sink)
                return
            await response.aclose()
            location = response.next_request.url
        raise MediaError(
            f"it leads on more than {_MOST_REDIRECTS} times",
            place=address_of(url),
            remedy="give the address where it ends",
        )


def _client(settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=httpx.Timeout(settings.timeout, connect=min(_CONNECT, settings.timeout)),
        # Compressed, a small answer could unpack to any size: what is compressed all the same is refused.
        headers={"User-Agent": "retake", "Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
        verify=_trust(),
    )


@cache
def _trust() -> ssl.SSLContext:
    """The certificates to trust: reading them takes longer than a small file."""
    return httpx.create_ssl_context(trust_env=False)


async def _admit(location: httpx.URL, settings: Settings) -> bool:
    """Whether the host is one that the settings allow although it is private.

    Raises `MediaError` where it is not and no public host either, so that nothing inside is even knocked at.
    """
    place = address_of(str(location))
    if location.scheme not in _PORTS or not location.host:
        raise MediaError(
            f"it leads to {location.scheme or 'nowhere'}:, and only https and http are followed",
            place=place,
            remedy="give the address of the file itself",
        )
    host, port = location.host, location.port or _PORTS[location.scheme]
    if _named(host, port) in map(str.lower, settings.allow_hosts):
        return True
    if "%" in host:
        raise httpx.InvalidURL(f"{host!r} is no name of a host")
    if port not in _PORTS.values():
        raise _private(place, host, port)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise _failed(f"the host {host!r} is not known: {error.strerror or error}", place) from error
    except UnicodeError as error:
        raise httpx.InvalidURL(f"{host!r} is no name of a host") from error
    if not all(_is_public(host, ipaddress.ip_address(entry[4][0]), port) for entry in found):
        raise _private(place, host, port)
    return False


def _is_public(host: str, address: _Address, port: int) -> bool:
    """Global unicast and a usual port, and no address that carries another inside it."""
    carrier = any(address.version == network.version and address in network for network in _CARRIERS)
    return port in _PORTS.values() and address.is_global and not address.is_multicast and not carrier


async def _take(response: httpx.Response, sink: Sink) -> None:
    place = address_of(str(response.url))
    if response.status_code in _PASSING:
        after = _retry_after(response.headers.get("retry-after", ""))
        raise _failed(f"answered {response.status_code}", place, after)
    if not response.is_success:
        raise MediaError(
            f"the server refuses: {response.status_code} {response.reason_phrase}".rstrip(),
            place=place,
            remedy="open the address in a private window of a browser: it must show the file by itself",
        )
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaError(
            "the server sends it compressed, though it was asked not to",
            place=place,
            remedy="download it, and give the file",
        )
    length = response.headers.get("content-length", "")
    sink.begin(response.headers.get("content-type", ""), int(length) if length.isdigit() else None)
    async for chunk in response.aiter_raw(1 << 16):
        sink.write(chunk)


def _named(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _private(place: str, host: str, port: int) -> MediaError:
    name = _named(host, port)
    return MediaError(
        f"{name} is no public web address, so it is not fetched",
        place=place,
        remedy=f"use a public address, or allow this one by RETAKE_ALLOW_HOSTS={name}",
    )


def _failed(what: str, place: str, retry_after: float | None = None) -> ProviderError:
    return ProviderError(
        f"the server {what}" if not what.startswith("the ") else what,
        severity=Severity.RECOVERABLE,
        place=place,
        remedy="look at the network and at the address, and run it again",
        retry_after=retry_after,
    )


def _retry_after(value: str) -> float | None:
    """Seconds, from a number or from a date (RFC 9110, 10.2.3)."""
    if value.isdigit():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

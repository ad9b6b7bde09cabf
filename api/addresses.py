"""Who asks: the address of a client, seen through the proxies that the operator trusts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from communique.graph.errors import CommuniqueError

Network = IPv4Network | IPv6Network

_SETTING = "COMMUNIQUE_PROXIES"
# Addresses that are remembered.
_KEPT = 4096


def read_networks(text: str) -> tuple[Network, ...]:
    """Read the setting ``proxies``: addresses and networks (``127.0.0.1, 10.0.0.0/8, fd00::/8``) between commas.

    CommuniqueError names an entry that is neither, or a network with bits behind its mask.
    """
    found = []
    for entry in filter(None, map(str.strip, text.split(","))):
        try:
            found.append(ip_network(entry))
        except ValueError as error:
            expected = "addresses or networks, as in 127.0.0.1, 10.0.0.0/8"
            raise CommuniqueError(f"{_SETTING} has {entry!r}: {error}", expected=expected) from error
    return tuple(found)


def client_address(peer: str, header: str, trusted: Sequence[Network]) -> str:
    """Return the address of the client, as far as it can be believed.

    Each proxy appends to ``X-Forwarded-For`` who asked it. So the header is read from its end, for as long as a trusted
    proxy says so: the first address that is no trusted proxy is the client's. What stands before it anybody may have
    written. An entry that is no address ends the reading, and the proxy that passed it on counts as the client.

    Parameters
    ----------
    peer : address at the other end of the connection, with or without a port; without an address (a UNIX socket, where
        only a proxy on this machine can connect) the header is believed when any proxy is trusted
    header : ``X-Forwarded-For``, several lines of it joined by commas; empty when there is none
    trusted : networks of the proxies; none: the header is not read

    Returns
    -------
    the address as text; IPv4 inside IPv6 (``::ffff:192.0.2.1``) as IPv4; ``peer`` itself where that is no address
    """
    address = _read(peer)
    if not is_proxy(peer, trusted):
        return str(address or peer)
    for entry in reversed(header.split(",")):
        found = _read(entry)
        if found is None:
            break
        address = found
        if not _is_in(found, trusted):
            break
    return str(address or peer)


def client_scheme(peer: str, header: str, trusted: Sequence[Network], scheme: str) -> str:
    """Return ``http`` or ``https``: what a trusted proxy says in ``X-Forwarded-Proto``, else ``scheme``.

    Of several values the last counts, which the proxy at the other end of the connection wrote.
    """
    said = header.rpartition(",")[2].strip().lower()
    return said if said in {"http", "https"} and is_proxy(peer, trusted) else scheme


def is_proxy(peer: str, trusted: Sequence[Network]) -> bool:
    """Say whether the other end of a connection is a trusted proxy, as one on a UNIX socket is where there are any."""
    address = _read(peer)
    return bool(trusted) and (address is None or _is_in(address, trusted))


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, in brackets or with a port or without; None when it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return _parse(text)


@lru_cache(maxsize=_KEPT)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address alone; the clients of a service are asked for again and again."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return found.ipv4_mapped
        # A zone (fe80::1%eth0) names an interface of whoever wrote it, and would make one client many.
        return IPv6Address(found.packed)
    return found

"""What the process of one bid does: open the draft, make the package, seal it, and nothing besides."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

import orjson

from app.foundation import ciphers
from app.foundation.money import Money
from app.sealer import offers, packages
from app.sealer.offers import Offer
from app.sealer.orders import Order, parts


class FileChanged(Exception):
    """A file of the draft isn't what was attached."""


def seal(source: IO[bytes], target: IO[bytes]) -> dict[str, Any]:
    """Seal what an order and the parts behind it say; the digest (``sha256``) and size of what was written."""
    coming = parts(source)
    order = Order.unpacked(next(coming))
    offer = offers.read(orjson.loads(ciphers.read(order.content, order.key)))
    files = (_file(coming, order.key, listed) for listed in order.facts["files"])
    written = _Digesting(target)
    packages.seal(manifest(order.facts, offer), files, order.recipient, written)
    target.flush()
    return {"sha256": written.digest.hexdigest(), "size": written.size}


def _file(coming: Iterable[bytes], key: bytes, listed: Mapping[str, Any]) -> Iterator[bytes]:
    """The pieces of one file.

    :raises FileChanged: unless they are what the manifest lists
    """
    worked_out, left, pieces = hashlib.sha256(), listed["size"], iter(coming)
    while left > 0:
        piece = ciphers.decrypted(next(pieces, b""), key)
        if not 0 < len(piece) <= left:
            raise FileChanged(listed["path"])
        worked_out.update(piece)
        left -= len(piece)
        yield piece
    if worked_out.hexdigest() != listed["sha256"]:
        raise FileChanged(listed["path"])


def manifest(facts: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    """``bid.json``: what is known of the bid, and what its supplier offers."""
    assert offer.price is not None, "a complete draft has a price"
    known = {name: value for name, value in facts.items() if name not in ("items", "requirements", "declarations")}
    return {
        **known,
        "format": packages.FORMAT,
        "salt": secrets.token_hex(16),
        "price": f"{offer.price:.2f}",
        "price_words": Money(offer.price).in_words(),
        "prices": [_priced(item, offer) for item in facts["items"]],
        "responses": [_answered(requirement, offer) for requirement in facts["requirements"]],
        "declarations": [name for name in facts["declarations"] if name in offer.declarations],
        "delivery_days": offer.delivery_days,
        "validity_days": offer.validity_days,
        "sme": offer.sme,
        "domestic": offer.domestic,
        "brand": offer.brand,
        "maker": offer.maker,
        **_shares(offer),
    }


def _priced(item: Mapping[str, str], offer: Offer) -> dict[str, str]:
    return {
        "item_id": item["id"],
        "name": item["name"],
        "quantity": item["quantity"],
        "unit": item["unit"],
        "unit_price": f"{offer.unit_prices[item['id']]:.2f}",
    }


def _answered(requirement: Mapping[str, str], offer: Offer) -> dict[str, str]:
    response = offer.responses[requirement["id"]]
    return {
        "requirement_id": requirement["id"],
        "code": requirement["code"],
        "value": response.value,
        "deviation": response.deviation,
    }


def _shares(offer: Offer) -> dict[str, Any]:
    """The partner of a consortium with its share, and the share of domestic products, in percent; what was claimed only."""
    said: dict[str, Any] = {}
    if offer.sme == offers.CONSORTIUM:
        said["partner"] = {
            "name": offer.partner,
            "uscc": offer.partner_uscc,
            "share": None if offer.partner_share is None else f"{offer.partner_share:f}",
        }
    if offer.domestic and offer.domestic_share is not None:
        said["domestic_share"] = f"{offer.domestic_share:f}"
    return said


class _Digesting(io.RawIOBase):
    """Writes on, and works out the SHA-256 and size of what it wrote."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self.digest, self.size = target, hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._target.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)

"""The order of the bids: by score or by price, ties broken as the documents say, one candidate of each brand (O87 31, 56-57)."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from app.foundation.money import CENT


@dataclass(frozen=True)
class Entry:
    """A bid as it is ranked: ``total`` of 100, ``technical`` the points without the price, prices in the lot's currency."""

    bid_id: str
    price: Decimal
    evaluation_price: Decimal
    total: Decimal = Decimal(0)
    technical: Decimal = Decimal(0)
    brand: str = ""


@dataclass(frozen=True)
class Ranked:
    """A bid's place. ``tie``: how it was told apart from an equal one; ``barred``: why it can't be a candidate."""

    entry: Entry
    rank: int
    tie: str = ""
    barred: str = ""


def rank(entries: Iterable[Entry], *, review_method: str, tie_break: str, seed: str) -> list[Ranked]:
    """Put bids in order: a total order for any entries with distinct ids, the same again from the same seed.

    Comprehensive scoring: by total, highest first, then by bid price (O87 57). Lowest evaluated price: by evaluation
    price (O87 56). Equal ones: by technical points if the documents say so, else by the drawn key, HMAC-SHA256 of the seed
    over the bid's id. Under comprehensive scoring only the best bid of a brand can be a candidate (O87 31).
    """
    ordered = sorted(entries, key=lambda entry: (*_merit(entry, review_method), *_tie_key(entry, tie_break, seed)))
    places = [
        Ranked(entry, place, _tie_of(ordered, place - 1, review_method, tie_break))
        for place, entry in enumerate(ordered, 1)
    ]
    return _one_of_each_brand(places) if review_method == "comprehensive" else places


def _merit(entry: Entry, review_method: str) -> tuple[Decimal, ...]:
    if review_method == "comprehensive":
        return (-entry.total, entry.price)
    return (entry.evaluation_price,)


def _tie_key(entry: Entry, tie_break: str, seed: str) -> tuple[Decimal, str]:
    technical = -entry.technical if tie_break == "technical" else Decimal(0)
    return technical, drawn_key(seed, entry.bid_id)


def drawn_key(seed: str, bid_id: str) -> str:
    """A bid's lot in a draw: HMAC-SHA256 of the seed (hex) over its id; the lowest is drawn first."""
    return hmac.new(bytes.fromhex(seed), f"bid:{bid_id}".encode(), hashlib.sha256).hexdigest()


def _tie_of(ordered: Sequence[Entry], place: int, review_method: str, tie_break: str) -> str:
    mine = ordered[place]
    equals = [e for e in ordered if e is not mine and _merit(e, review_method) == _merit(mine, review_method)]
    if not equals:
        return ""
    alike = [e for e in equals if e.technical == mine.technical]
    return "draw" if tie_break != "technical" or alike else "technical"


def _one_of_each_brand(places: Sequence[Ranked]) -> list[Ranked]:
    seen: set[str] = set()
    kept = []
    for place in places:
        brand = brand_key(place.entry.brand)
        kept.append(replace(place, barred="same_brand") if brand and brand in seen else place)
        seen.add(brand)
    return kept


def brand_key(brand: str) -> str:
    """A brand as it is compared: without spaces at the ends, width and case; empty when none was named."""
    return " ".join(unicodedata.normalize("NFKC", brand).casefold().split())


def count_by_brand(brands: Iterable[str]) -> int:
    """How many bids these brands count as: those of one brand as one (O87 31)."""
    keys = [brand_key(brand) for brand in brands]
    return len({key for key in keys if key}) + sum(not key for key in keys)


def lowest_of_each_brand(entries: Iterable[Entry], seed: str) -> set[str]:
    """Under the lowest price, the ids of the bids that join: the lowest of each brand, of equal ones the drawn (O87 31)."""
    joined: dict[str, Entry] = {}
    alone = set()
    for entry in sorted(entries, key=lambda e: (e.price, drawn_key(seed, e.bid_id))):
        brand = brand_key(entry.brand)
        if not brand:
            alone.add(entry.bid_id)
        else:
            joined.setdefault(brand, entry)
    return alone | {entry.bid_id for entry in joined.values()}


def mean(points: Sequence[Decimal]) -> Decimal:
    """The members' mean of their points, rounded half up to two places."""
    return (sum(points, Decimal(0)) / len(points)).quantize(CENT, ROUND_HALF_UP)

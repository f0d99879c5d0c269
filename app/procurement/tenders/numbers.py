"""Numbers as documents write them."""

from decimal import Decimal


def plain(number: Decimal) -> str:
    """A decimal without needless zeros or exponent, the same before and after it was stored: ``2``, ``0.05``."""
    return f"{Decimal(number).normalize():f}"

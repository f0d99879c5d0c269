"""Bids: the supplier's draft, the sealed bid with its receipt, and the opening."""

from app.procurement.bids.records import (
    Bid,
    BidDraft,
    BidFile,
    BidPrice,
    BidResponse,
    BidState,
    DraftFile,
    OpenedBid,
    Opening,
)

__all__ = [
    "Bid",
    "BidDraft",
    "BidFile",
    "BidPrice",
    "BidResponse",
    "BidState",
    "DraftFile",
    "OpenedBid",
    "Opening",
]

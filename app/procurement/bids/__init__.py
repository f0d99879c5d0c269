"""Bids: the supplier's draft, the sealed bid with its receipt, and the opening.

A submitted bid exists only sealed to its lot's key (``app.keeper``) until it is opened after the deadline; what that
protects against and what not stands in ``records`` and in ``app.keeper``.
"""

from app.procurement.bids import authors
from app.procurement.bids.claims import admits_consortia
from app.procurement.bids.completeness import BidIncomplete, requirements_of
from app.procurement.bids.contents import of_file as content_of
from app.procurement.bids.copies import CopyUnreadable, copy_of, load_copy
from app.procurement.bids.drafts import (
    DraftFileUnknown,
    DraftMissing,
    FilesTooLarge,
    add_file,
    draft_of,
    drafts_of,
    file_of,
    gaps,
    last_sequence,
    remove_file,
    save_draft,
)
from app.procurement.bids.handovers import NobodySigns, hand_on, signers_of
from app.procurement.bids.offers import DECLARATIONS, DEVIATIONS, SME_KINDS, TEXTS
from app.procurement.bids.openings import (
    DocumentsAtFault,
    NotBidding,
    ObjectionMissing,
    OpeningNotDue,
    OpeningUnknown,
    RecordSigned,
    bonds_stand,
    invalidate_late_bonds,
    leave_unopened,
    object_to_opening,
    open_all,
    opening_of,
    sign_opening_record,
    tell_of_failure,
)
from app.procurement.bids.packages import LARGEST_FILES, MOST_FILES
from app.procurement.bids.prices import Correction, Reading, WordsUnreadable, read_price, total_of
from app.procurement.bids.receipts import Signer, Verdict, Verified, verify_receipt
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
    PriceCorrection,
)
from app.procurement.bids.sheets import opening_sheet, receipt_facts, receipt_sheet
from app.procurement.bids.shortfalls import ERROR, WARNING, Gap
from app.procurement.bids.standings import BOND_STANDS, REASONS
from app.procurement.bids.submissions import (
    BidEnded,
    BidUnknown,
    SealedDraft,
    all_of_supplier,
    confirm,
    get,
    of_lot,
    of_supplier,
    seal,
    submit,
    withdraw,
)
from app.sealer import SealingFailed
from app.sealer.offers import CONSORTIUM, Offer, Response
from app.sealer.offers import amount as read_amount
from app.sealer.offers import read as read_offer

__all__ = [
    "BOND_STANDS",
    "CONSORTIUM",
    "DECLARATIONS",
    "DEVIATIONS",
    "ERROR",
    "LARGEST_FILES",
    "MOST_FILES",
    "REASONS",
    "SME_KINDS",
    "TEXTS",
    "WARNING",
    "Bid",
    "BidDraft",
    "BidEnded",
    "BidFile",
    "BidIncomplete",
    "BidPrice",
    "BidResponse",
    "BidState",
    "BidUnknown",
    "CopyUnreadable",
    "Correction",
    "DocumentsAtFault",
    "DraftFile",
    "DraftFileUnknown",
    "DraftMissing",
    "FilesTooLarge",
    "Gap",
    "NobodySigns",
    "NotBidding",
    "ObjectionMissing",
    "Offer",
    "OpenedBid",
    "Opening",
    "OpeningNotDue",
    "OpeningUnknown",
    "PriceCorrection",
    "Reading",
    "RecordSigned",
    "Response",
    "SealedDraft",
    "SealingFailed",
    "Signer",
    "Verdict",
    "Verified",
    "WordsUnreadable",
    "add_file",
    "admits_consortia",
    "all_of_supplier",
    "authors",
    "bonds_stand",
    "confirm",
    "content_of",
    "copy_of",
    "draft_of",
    "drafts_of",
    "file_of",
    "gaps",
    "get",
    "hand_on",
    "invalidate_late_bonds",
    "last_sequence",
    "leave_unopened",
    "load_copy",
    "object_to_opening",
    "of_lot",
    "of_supplier",
    "open_all",
    "opening_of",
    "opening_sheet",
    "read_amount",
    "read_offer",
    "read_price",
    "receipt_facts",
    "receipt_sheet",
    "remove_file",
    "requirements_of",
    "save_draft",
    "seal",
    "sign_opening_record",
    "signers_of",
    "submit",
    "tell_of_failure",
    "total_of",
    "verify_receipt",
    "withdraw",
]

"""Certificates of organisations, the signatures made with them in PDFs (PAdES), and what such a signature proves.

The authority that comes with the house is a demonstration: it keeps everybody's keys itself, encrypted, so that a town
can be played on one machine. It isn't a licensed certification service and gives no reliable electronic signature in the
sense of the Electronic Signature Law (articles 13 and 16: the signer alone must control the key). An office plugs its
own in as another ``Signer`` and makes its root trusted with ``trust``.
"""

from app.identity.certificates.authorities import DemonstrationAuthority, Signer, certificate_of, revoke
from app.identity.certificates.records import Authority, Certificate
from app.identity.certificates.refusals import NotForSigning
from app.identity.certificates.verification import PdfUnreadable, SignatureCheck, trust, verify_pdf

__all__ = [
    "Authority",
    "Certificate",
    "DemonstrationAuthority",
    "NotForSigning",
    "PdfUnreadable",
    "SignatureCheck",
    "Signer",
    "certificate_of",
    "revoke",
    "trust",
    "verify_pdf",
]

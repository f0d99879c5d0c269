"""What the signatures in a PDF prove: whose they are, when they were made, and whether anything was changed since."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import Actor
from app.foundation.errors import Invalid
from app.foundation.text import Text
from app.identity import roles
from app.identity.certificates import loops
from app.identity.certificates.records import Authority, Certificate


class PdfUnreadable(Invalid):
    """The file isn't a PDF, or too damaged to be read."""

    text = Text("This file cannot be read as a PDF.", "该文件无法作为PDF读取。")


class RootInvalid(Invalid):
    """What should be trusted isn't the certificate of an authority."""

    text = Text(
        "This is not a certificate of a certification authority in PEM format.", "该内容不是PEM格式的证书颁发机构证书。"
    )


@dataclass(frozen=True)
class SignatureCheck:
    """One signature and what holds of it.

    ``intact``: what it covers is as it was. ``trusted``: its certificate leads to an authority that is trusted here and
    wasn't revoked when it signed. ``unchanged``: nothing but further signatures was added since. ``stamped``: the time
    comes from a trusted time stamp, not only from who signed.
    """

    field: str
    organisation: str
    uscc: str
    person: str
    reason: str
    signed_at: datetime | None
    intact: bool
    trusted: bool
    unchanged: bool
    stamped: bool

    @property
    def holds(self) -> bool:
        """Whether the signature proves what it says."""
        return self.intact and self.trusted and self.unchanged


def verify_pdf(session: Session, pdf: bytes) -> list[SignatureCheck]:
    """Check every signature of a PDF, in the order they were made; none if it has none.

    What the bytes and the trusted roots prove is worked out once and remembered until a certificate expires. Whether a
    certificate was revoked is asked each time.

    :raises PdfUnreadable:
    """
    now = clock.now(session)
    roots = tuple(session.scalars(select(Authority.certificate).where(Authority.is_root).order_by(Authority.name)))
    key = (hashlib.sha256(pdf).digest(), roots)
    examined = _remembered.get(key)
    if examined is None or not examined.since <= now < examined.until:
        examined = _examine(pdf, roots, now)
        _remember(key, examined)
    revoked = _revoked(session, [serial for _, serial, _ in examined.signatures])
    return [
        replace(check, trusted=check.trusted and not (serial in revoked and revoked[serial] <= (stamped_at or now)))
        for check, serial, stamped_at in examined.signatures
    ]


Signature = tuple[SignatureCheck, str, datetime | None]
"""A signature's check without regard to revocation, its certificate's serial number in hexadecimal ("" when it can't be
read), and the time that its time stamp claims."""


@dataclass(frozen=True)
class _Examined:
    """What was found of a file's signatures, and from when until when that holds."""

    signatures: list[Signature]
    since: datetime
    until: datetime


MOST_REMEMBERED = 512
_remembered: dict[tuple[bytes, tuple[str, ...]], _Examined] = {}
_remembering = threading.Lock()


def _remember(key: tuple[bytes, tuple[str, ...]], examined: _Examined) -> None:
    with _remembering:
        _remembered.pop(key, None)
        while len(_remembered) >= MOST_REMEMBERED:
            del _remembered[next(iter(_remembered))]
        _remembered[key] = examined


def _examine(pdf: bytes, roots: Sequence[str], now: datetime) -> _Examined:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        embedded = list(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)
    except (PdfError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise PdfUnreadable from error
    trusted = _loaded(roots)
    signatures = [_check(trusted, now, signature) for signature in embedded]
    certificates = [*trusted, *(each for signature in embedded for each in _certificates(signature))]
    ends = [end for each in certificates for end in (each.not_valid_before, each.not_valid_after) if end > now]
    return _Examined(signatures, now, min(ends, default=datetime.max.replace(tzinfo=UTC)))


def _certificates(signature: Any) -> list[Any]:
    own = [signature.signer_cert] if signature.signer_cert is not None else []
    return [*own, *signature.other_embedded_certs]


def _check(roots: list[Any], now: datetime, signature: Any) -> Signature:
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import PathError

    try:
        stamped_at = _stamped_at(signature)
        # Who backdates a signature can't win by it: only a time stamp says that it was made earlier than now.
        moment = stamped_at or now
        context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment)
        status = loops.apart(lambda: validate_pdf_signature(signature, context, context))
        serial = signature.signer_cert.serial_number
    except (PdfError, SigningError, PathError, ValueError, KeyError, TypeError):
        nothing = SignatureCheck(
            **_said(signature), signed_at=None, intact=False, trusted=False, unchanged=False, stamped=False
        )
        return nothing, "", None
    stamp = status.timestamp_validity
    stamped = stamp is not None and bool(stamp.valid and stamp.intact and stamp.trusted)
    found = SignatureCheck(
        **_said(signature),
        signed_at=stamped_at if stamped else signature.self_reported_timestamp,
        intact=bool(status.intact and status.valid),
        trusted=bool(status.trusted) and stamped == (stamped_at is not None),
        unchanged=status.docmdp_ok is True,
        stamped=stamped,
    )
    return found, f"{serial:x}", stamped_at


def _said(signature: Any) -> dict[str, str]:
    """What the signature says of itself, whether it holds or not."""
    subject = signature.signer_cert.subject.native if signature.signer_cert is not None else {}
    return {
        "field": str(signature.field_name),
        "organisation": str(subject.get("common_name", "")),
        "uscc": str(subject.get("organization_identifier", "")).removeprefix("NTRCN-"),
        "person": str(signature.sig_object.get("/Name", "")),
        "reason": str(signature.sig_object.get("/Reason", "")),
    }


def _stamped_at(signature: Any) -> datetime | None:
    """The time that the signature's time stamp claims."""
    from pyhanko.sign.general import NonexistentAttributeError, find_unique_cms_attribute

    try:
        token = find_unique_cms_attribute(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token")
    except NonexistentAttributeError:
        return None
    claimed: datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return claimed


def _revoked(session: Session, serials: Sequence[str]) -> dict[str, datetime]:
    """When those of some certificates that are revoked were, by serial number."""
    statement = select(Certificate.serial, Certificate.revoked_at).where(Certificate.serial.in_(serials))
    return {serial: at for serial, at in session.execute(statement) if at is not None}


def _loaded(roots: Sequence[str]) -> list[Any]:
    from asn1crypto import pem
    from asn1crypto import x509 as asn1_x509

    return [asn1_x509.Certificate.load(pem.unarmor(text.encode())[2]) for text in roots]


def trust(session: Session, actor: Actor, *, certificate: str) -> Authority:
    """Trust the root of an authority outside, from its certificate in PEM.

    :raises RootInvalid:
    """
    roles.require(actor, "administrator")
    try:
        root = x509.load_pem_x509_certificate(certificate.encode())
        is_authority = root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, x509.ExtensionNotFound) as error:
        raise RootInvalid(field="certificate") from error
    if not is_authority:
        raise RootInvalid(field="certificate")
    name = hashlib.sha256(root.public_bytes(serialization.Encoding.DER)).hexdigest()
    found = session.get(Authority, name)
    if found is None:
        found = Authority(name=name, certificate=certificate, is_root=True, made_at=clock.now(session))
        session.add(found)
        session.flush()
        subject = root.subject.rfc4514_string()
        journal.write(session, actor, case="certificates", act="certificates.trust", facts={"subject": subject})
    return found

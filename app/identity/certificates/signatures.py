"""Signing a PDF with pyHanko. Imported only when something is signed: the library takes over a second to load."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from app.identity.certificates import faces, loops
from app.identity.certificates.refusals import NotForSigning


class _SignerAt(signers.PdfSigner):
    """Signs at the house's time; the library would read the host's clock."""

    at: datetime

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


class _TimeStamper(timestamps.DummyTimeStamper):
    """Time stamps (RFC 3161) by an elliptic key; the library's own signs with RSA only, and checks its key each time."""

    key: ec.EllipticCurvePrivateKey

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, cms.CMSAttributes]:
        hashed = hashlib.new(md_algorithm, tst_info_data).digest()
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(self.tsa_cert)),
                simple_cms_attribute("message_digest", hashed),
            ]
        )
        return self.key.sign(attributes.dump(), ec.ECDSA(get_pyca_cryptography_hash(md_algorithm))), attributes

    def _build_signed_data(self, *given: Any, **named: Any) -> dict[str, Any]:
        built: dict[str, Any] = super()._build_signed_data(*given, **named)
        for info in built["signer_infos"]:
            algorithm = f"{info['digest_algorithm']['algorithm'].native}_ecdsa"
            info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": algorithm})
        return built


def sign(
    pdf: bytes,
    *,
    certificate: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    time_certificate: x509.Certificate,
    time_key: ec.EllipticCurvePrivateKey,
    chain: Sequence[x509.Certificate],
    person: str,
    reason: str,
    at: datetime,
    organisation: str,
    place: str,
) -> bytes:
    """Append a PAdES B-T signature: earlier ones stay valid, as nothing that they cover is touched.

    A paper that has a line for the seal of ``place`` shows the signature there; elsewhere it is in the file alone.
    """
    store = SimpleCertificateStore.from_certs([as_asn1(member) for member in chain])
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        known = {name for name, _, _ in fields.enumerate_sig_fields(writer.prev)}
        stamper = _TimeStamper(
            tsa_cert=as_asn1(time_certificate), tsa_key=_as_asn1_key(time_key), certs_to_embed=store, fixed_dt=at
        )
        stamper.key = time_key
        field = next(name for n in range(1, len(known) + 2) if (name := f"Signature{n}") not in known)
        room = faces.place(writer.prev, place)
        shown = StaticStampStyle(background=faces.face(organisation, person, at), border_width=0) if room else None
        signer = _SignerAt(
            signers.PdfSignatureMetadata(
                field_name=field,
                md_algorithm="sha256",
                name=person,
                reason=reason,
                subfilter=fields.SigSeedSubFilter.PADES,
            ),
            signer=signers.SimpleSigner(
                signing_cert=as_asn1(certificate), signing_key=_as_asn1_key(key), cert_registry=store
            ),
            timestamper=stamper,
            stamp_style=shown,
            new_field_spec=fields.SigFieldSpec(field, on_page=room.page, box=room.box) if room else None,
        )
        signer.at = at
        signed: bytes = loops.apart(lambda: signer.sign_pdf(writer).getvalue())
    except PdfError as error:
        raise NotForSigning from error
    return signed


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate in the form that pyHanko reads."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _as_asn1_key(key: ec.EllipticCurvePrivateKey) -> asn1_keys.PrivateKeyInfo:
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return asn1_keys.PrivateKeyInfo.load(plain)

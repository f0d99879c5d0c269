"""The demonstration authority: a root, an issuing authority and a time stamper, and what they issue.

Keys lie in the database, each sealed with AES-256-GCM under a key that follows from the installation's secret; a copy
of the database without the secret signs nothing.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation import clock, journal
from app.foundation.actor import SYSTEM, Actor
from app.foundation.errors import NotFound
from app.foundation.text import Text
from app.identity import organisations, roles
from app.identity.certificates.records import Authority, Certificate
from app.identity.organisations import Organisation

AUTHORITY_YEARS = timedelta(days=366 * 30)
"""Authorities outlive every paper they vouch for: records are kept for at least fifteen years (GPL 42)."""

CERTIFICATE_YEARS = timedelta(days=2 * 365)
"""An organisation's certificate is renewed by then; what it signed before stays valid by its time stamp."""

NAMES = {
    "root": "Tenderway Demonstration Root 演示根证书",
    "issuing": "Tenderway Demonstration Issuing Authority 演示签发机构",
    "time": "Tenderway Demonstration Time Stamps 演示时间戳",
}


class CertificateUnknown(NotFound):
    """There is no such certificate."""

    text = Text("There is no such certificate.", "没有该证书。")


class Signer(Protocol):
    """Whoever signs PDFs for organisations: the demonstration authority, or an office's certification service."""

    def sign_pdf(
        self, session: Session, pdf: bytes, *, organisation_id: str, person: str, reason: str, place: str = "issuer"
    ) -> bytes:
        """The PDF with one more signature (PAdES), of the organisation by a person of it, at the session's time.

        It is shown where the paper has room for the seal of ``place``.
        """


class DemonstrationAuthority:
    """Issues certificates to organisations when they first sign, and signs with them (PAdES B-T, ETSI EN 319 142-1)."""

    def __init__(self, secret: str) -> None:
        self._sealing = AESGCM(HKDF(hashes.SHA256(), 32, None, b"tenderway certificates").derive(secret.encode()))

    def sign_pdf(
        self, session: Session, pdf: bytes, *, organisation_id: str, person: str, reason: str, place: str = "issuer"
    ) -> bytes:
        """The PDF with the organisation's signature and a time stamp.

        :raises NotForSigning:
        """
        from app.identity.certificates import signatures

        certificate = self.certificate_for(session, organisation_id)
        time = self._authority(session, "time")
        chain = [x509.load_pem_x509_certificate(self._authority(session, n).certificate.encode()) for n in NAMES]
        return signatures.sign(
            pdf,
            certificate=x509.load_pem_x509_certificate(certificate.certificate.encode()),
            key=self._opened(certificate.key, certificate.serial),
            time_certificate=x509.load_pem_x509_certificate(time.certificate.encode()),
            time_key=self._opened(time.key or b"", time.name),
            chain=chain,
            person=person,
            reason=reason,
            at=clock.now(session),
            organisation=organisations.get(session, organisation_id).name_zh,
            place=place,
        )

    def certificate_for(self, session: Session, organisation_id: str) -> Certificate:
        """The organisation's valid certificate; a new one where it has none."""
        organisation = organisations.get(session, organisation_id)
        session.get(Organisation, organisation.id, with_for_update=True)  # two signers of one organisation take turns
        return certificate_of(session, organisation_id) or self._issue(session, organisation)

    def _issue(self, session: Session, organisation: Organisation) -> Certificate:
        issuing = self._authority(session, "issuing")
        issuer = x509.load_pem_x509_certificate(issuing.certificate.encode())
        now = clock.now(session)
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            _builder(_subject(organisation), key, issuer.subject, now, CERTIFICATE_YEARS)
            .add_extension(x509.BasicConstraints(False, None), True)
            .add_extension(_key_usage("digital_signature", "content_commitment"), True)
            .add_extension(_issued_under(issuer), False)
            .sign(self._opened(issuing.key or b"", issuing.name), hashes.SHA256())
        )
        last = select(func.max(Certificate.number)).where(Certificate.organisation_id == organisation.id)
        serial = f"{made.serial_number:x}"
        certificate = Certificate(
            organisation_id=organisation.id,
            number=(session.scalar(last) or 0) + 1,
            serial=serial,
            certificate=_pem(made),
            key=self._sealed(key, serial),
            valid_from=made.not_valid_before_utc,
            valid_until=made.not_valid_after_utc,
        )
        session.add(certificate)
        session.flush()
        case = f"organisation:{organisation.id}"
        journal.write(session, SYSTEM, case=case, act="certificates.issue", facts={"serial": serial})
        return certificate

    def _authority(self, session: Session, name: str) -> Authority:
        """The authority of that name, made at the first asking; a root of its own signs the other two."""
        found = session.get(Authority, name)
        if found is not None:
            return found
        root = None if name == "root" else self._authority(session, "root")
        try:
            with session.begin_nested():
                made = self._made(name, root, clock.now(session))
                session.add(made)
        except IntegrityError:  # another node made it at this moment
            return session.get_one(Authority, name)
        return made

    def _made(self, name: str, root: Authority | None, now: datetime) -> Authority:
        key = ec.generate_private_key(ec.SECP384R1())
        subject = _name(NAMES[name])
        issuer, issuer_key = subject, key
        if root is not None:
            issuer = x509.load_pem_x509_certificate(root.certificate.encode()).subject
            issuer_key = self._opened(root.key or b"", root.name)
        builder = _builder(subject, key, issuer, now, AUTHORITY_YEARS)
        if name == "time":
            builder = (
                builder.add_extension(x509.BasicConstraints(False, None), True)
                .add_extension(_key_usage("digital_signature"), True)
                .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
            )
        else:
            builder = builder.add_extension(
                x509.BasicConstraints(True, 0 if name == "issuing" else None), True
            ).add_extension(_key_usage("key_cert_sign", "crl_sign"), True)
        made = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False
        ).sign(issuer_key, hashes.SHA384())
        return Authority(
            name=name, certificate=_pem(made), key=self._sealed(key, name), is_root=root is None, made_at=now
        )

    def reseal(self, session: Session, earlier: DemonstrationAuthority) -> None:
        """Seal to this secret what an earlier one of the installation sealed."""
        for authority in session.scalars(select(Authority).where(Authority.key.is_not(None))):
            authority.key = self._sealed(earlier._opened(authority.key or b"", authority.name), authority.name)
        for certificate in session.scalars(select(Certificate)):
            certificate.key = self._sealed(earlier._opened(certificate.key, certificate.serial), certificate.serial)
        session.flush()

    def _sealed(self, key: ec.EllipticCurvePrivateKey, name: str) -> bytes:
        plain = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        nonce = os.urandom(12)
        return nonce + self._sealing.encrypt(nonce, plain, name.encode())

    def _opened(self, sealed: bytes, name: str) -> ec.EllipticCurvePrivateKey:
        plain = self._sealing.decrypt(sealed[:12], sealed[12:], name.encode())
        key = serialization.load_der_private_key(plain, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


def certificate_of(session: Session, organisation_id: str) -> Certificate | None:
    """An organisation's certificate that is valid now."""
    now = clock.now(session)
    statement = (
        select(Certificate)
        .where(
            Certificate.organisation_id == organisation_id,
            Certificate.revoked_at.is_(None),
            Certificate.valid_from <= now,
            Certificate.valid_until > now,
        )
        .order_by(Certificate.number.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def revoke(session: Session, actor: Actor, *, certificate_id: str, reasons: str) -> Certificate:
    """Make a certificate worthless from now on; what it signed before stays as it is. Again changes nothing."""
    roles.require(actor, "administrator")
    certificate = session.get(Certificate, certificate_id, with_for_update=True)
    if certificate is None:
        raise CertificateUnknown
    if certificate.revoked_at is None:
        certificate.revoked_at, certificate.revoked_by = clock.now(session), actor.id
        certificate.revocation_reasons = reasons
        facts = {"serial": certificate.serial, "reasons": reasons}
        case = f"organisation:{certificate.organisation_id}"
        journal.write(session, actor, case=case, act="certificates.revoke", facts=facts)
    return certificate


def _builder(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, now: datetime, term: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + term)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _issued_under(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own.value)


def _key_usage(*uses: str) -> x509.KeyUsage:
    known = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
        "encipher_only decipher_only"
    )
    return x509.KeyUsage(**{use: use in uses for use in known.split()})


def _subject(organisation: Organisation) -> x509.Name:
    """The organisation by name, and by its unified social credit code as ETSI EN 319 412-1 writes it."""
    return _name(organisation.name_zh, f"NTRCN-{organisation.uscc}")


def _name(name: str, identifier: str = "") -> x509.Name:
    short = name[:64]  # the most that X.520 allows
    parts = [(NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, short), (NameOID.COMMON_NAME, short)]
    if identifier:
        parts.append((NameOID.ORGANIZATION_IDENTIFIER, identifier))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()

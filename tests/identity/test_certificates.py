"""Signatures in PDFs: made by organisations at the house's time, and worth nothing once anything was changed."""

import asyncio
import io
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from stdnum.cn import uscc

from app.foundation import clock
from app.foundation.actor import SYSTEM, Actor
from app.foundation.text import Text
from app.identity import certificates, organisations
from app.identity.certificates import DemonstrationAuthority
from app.identity.roles import RoleMissing

ADMINISTRATOR = Actor("admin", "Admin", groups=frozenset({"administrator"}))


def organisation(session, number, name):
    body = f"9151070{number:010d}"
    code = body + uscc.calc_check_digit(body)
    return organisations.register(session, SYSTEM, kind="supplier", uscc=code, name=Text(name, name))


@pytest.fixture
def supplier(session):
    return organisation(session, 1, "健源医疗器械有限公司")


@pytest.fixture
def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.fixture
def authority():
    return DemonstrationAuthority("a secret of the installation")


@pytest.fixture
def signed(session, authority, supplier, pdf):
    return authority.sign_pdf(session, pdf, organisation_id=supplier.id, person="王芳", reason="签订合同")


def test_a_signature_proves_who_signed_and_when(session, supplier, signed):
    (check,) = certificates.verify_pdf(session, signed)
    assert check.holds
    assert check.stamped
    assert (check.organisation, check.uscc, check.person) == ("健源医疗器械有限公司", supplier.uscc, "王芳")
    assert check.signed_at == clock.now(session)


def test_a_thread_that_runs_an_event_loop_signs_and_verifies_too(session, authority, supplier, pdf):
    async def sign_and_verify():
        signed = authority.sign_pdf(session, pdf, organisation_id=supplier.id, person="王芳", reason="签订合同")
        return certificates.verify_pdf(session, signed)

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop already: a browser's
        (check,) = thread.submit(asyncio.run, sign_and_verify()).result()
    assert check.holds


def test_the_file_says_the_houses_time_too(session, signed, virtual_clock):
    (field,) = PdfReader(io.BytesIO(signed)).get_fields().values()
    assert str(field["/V"]["/M"]).startswith(f"D:{virtual_clock.instant:%Y%m%d%H%M}")


def test_a_second_signature_leaves_the_first_valid(session, authority, signed):
    buyer = organisation(session, 2, "江城市第一人民医院")
    twice = authority.sign_pdf(session, signed, organisation_id=buyer.id, person="李明", reason="签订合同")
    checks = certificates.verify_pdf(session, twice)
    assert [check.person for check in checks] == ["王芳", "李明"]
    assert all(check.holds for check in checks)


def test_a_changed_byte_is_found_out(session, signed):
    place = signed.index(b"/MediaBox")
    changed = signed[:place] + signed[place:].replace(b"200", b"201", 1)
    assert changed != signed
    (check,) = certificates.verify_pdf(session, changed)
    assert not check.intact


def test_a_page_added_afterwards_is_found_out(session, signed):
    writer = PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_blank_page(200, 200)
    written = io.BytesIO()
    writer.write(written)
    (check,) = certificates.verify_pdf(session, written.getvalue())
    assert check.intact
    assert not check.unchanged
    assert not check.holds


def test_a_signature_by_a_stranger_is_not_trusted(session, session_factory, supplier, signed):
    session.rollback()
    with session_factory() as elsewhere:  # the same names, but another root
        own = organisation(elsewhere, 1, "健源医疗器械有限公司")
        stranger = DemonstrationAuthority("another secret")
        stranger.certificate_for(elsewhere, own.id)
        (check,) = certificates.verify_pdf(elsewhere, signed)
    assert check.intact
    assert not check.trusted


def test_an_expired_certificate_still_proves_what_it_signed_in_time(session, signed, virtual_clock):
    session.commit()
    virtual_clock.turn(timedelta(days=5 * 365))
    (check,) = certificates.verify_pdf(session, signed)
    assert check.holds


def test_an_organisation_gets_a_new_certificate_after_the_old_one_ended(
    session, authority, supplier, signed, virtual_clock
):
    session.commit()
    virtual_clock.turn(timedelta(days=5 * 365))
    assert certificates.certificate_of(session, supplier.id) is None
    assert authority.certificate_for(session, supplier.id).number == 2


def test_revocation_takes_effect_from_then_on(session, authority, supplier, signed, pdf, virtual_clock):
    certificate = certificates.certificate_of(session, supplier.id)
    session.commit()
    virtual_clock.turn(timedelta(hours=1))
    certificates.revoke(session, ADMINISTRATOR, certificate_id=certificate.id, reasons="密钥泄露")
    assert certificates.verify_pdf(session, signed)[0].holds
    assert authority.certificate_for(session, supplier.id).number == 2


def test_only_an_administrator_revokes(session, supplier, signed):
    certificate = certificates.certificate_of(session, supplier.id)
    with pytest.raises(RoleMissing):
        certificates.revoke(session, Actor("x", "X"), certificate_id=certificate.id, reasons="x")


def test_without_the_secret_the_database_signs_nothing(session, supplier, signed, pdf):
    thief = DemonstrationAuthority("a guess")
    with pytest.raises(InvalidTag):
        thief.sign_pdf(session, pdf, organisation_id=supplier.id, person="x", reason="x")


def test_a_key_lies_nowhere_in_the_open(session, signed):
    for authority in session.scalars(select(certificates.Authority)):
        assert authority.key[12:].find(b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01") == -1  # the OID of an EC key


def with_an_index_of(megabytes):
    """A PDF of a few kilobytes whose index unpacks to so many megabytes."""
    packing = zlib.compressobj(9)
    packed = b"".join(packing.compress(bytes(1_000_000)) for _ in range(megabytes)) + packing.flush()
    head = b"%PDF-1.5\n"
    index = b"1 0 obj\n<</Type/XRef/Size 2/W[1 2 1]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
    return b"%s%s%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, index, packed, len(head))


def test_a_pdf_that_unpacks_to_far_more_than_it_should_is_refused_before_it_does(session):
    pdf = with_an_index_of(200)
    tracemalloc.start()
    try:
        with pytest.raises(certificates.PdfUnreadable):
            certificates.verify_pdf(session, pdf)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_what_is_no_pdf_is_refused(session, authority, supplier):
    with pytest.raises(certificates.PdfUnreadable):
        certificates.verify_pdf(session, b"no pdf at all")
    with pytest.raises(certificates.NotForSigning):
        authority.sign_pdf(session, b"no pdf at all", organisation_id=supplier.id, person="x", reason="x")


def test_a_pdf_without_signatures_has_none(session, pdf):
    assert certificates.verify_pdf(session, pdf) == []


def test_an_outside_authority_is_trusted_once_an_administrator_says_so(session, session_factory, supplier, signed):
    root = session.get_one(certificates.Authority, "root").certificate
    session.rollback()
    with session_factory() as elsewhere:
        certificates.trust(elsewhere, ADMINISTRATOR, certificate=root)
        (check,) = certificates.verify_pdf(elsewhere, signed)
    assert check.holds

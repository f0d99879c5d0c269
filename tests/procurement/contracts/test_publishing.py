"""A contract is published in two working days; of a secret clause nothing is in the published file but its heading."""

import io

import pytest
from pypdf import PdfReader

from app.foundation import clock, documents
from app.identity.roles import RoleMissing
from app.procurement import contracts
from app.procurement.projects import LotState, ReasonsMissing


@pytest.fixture
def publish(session, people, concluded):
    def act(**options):
        actor = options.pop("actor", people["officer"])
        return contracts.publish(session, actor, contract_id=concluded.id, **options)

    return act


def text_of(pdf):
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_it_is_public_and_filed_and_the_performance_begins(session, publish):
    contract = publish()
    assert contract.published_at == contract.filed_at == clock.now(session)
    assert {documents.get(session, id).access for id in (contract.public_zh_id, contract.public_en_id)} == {"public"}
    assert contract.lot.state == LotState.PERFORMING


def test_the_signed_file_itself_stays_with_the_parties(session, publish):
    contract = publish()
    assert documents.get(session, contract.document_zh_id).access == "case"


def test_ir_50_a_secret_clause_is_not_in_the_published_file(session, publish):
    contract = publish(secret_clauses=["requirements"], reasons="涉及乙方未公开的技术参数")
    for paper_id in (contract.public_zh_id, contract.public_en_id):
        pdf = documents.read(session, paper_id)
        assert "响应T1" not in text_of(pdf)
        assert "涉及乙方未公开的技术参数" in text_of(pdf)
    assert "响应T1" in text_of(documents.read(session, contract.document_zh_id))


def test_secrecy_needs_its_reasons(publish):
    with pytest.raises(ReasonsMissing):
        publish(secret_clauses=["requirements"])


def test_the_price_is_never_a_secret(publish, concluded):
    assert "object" not in dict(contracts.secretable(concluded))
    with pytest.raises(contracts.NeverSecret):
        publish(secret_clauses=["object"], reasons="商业秘密")


def test_a_clause_that_is_not_there_is_refused(publish):
    with pytest.raises(contracts.ClauseUnknown):
        publish(secret_clauses=["nothing"], reasons="x")


def test_it_is_published_once(publish):
    publish()
    with pytest.raises(contracts.ContractNotOpen):
        publish()


def test_the_handler_does_not_publish_it(town, publish):
    with pytest.raises(RoleMissing):
        publish(actor=town.handler)


def test_a_contract_notice_names_the_parties_and_the_price(publish, tender):
    publish()
    notice = tender.notices[-1]
    assert (notice.kind, notice.content["price"]) == ("contract", "560000.00")


def test_what_is_published_says_that_it_is_a_copy_and_names_no_account_and_no_telephone(session, publish):
    contract = publish()
    text = text_of(documents.read(session, contract.public_zh_id))
    assert "公告文本" in text
    assert "本身不含电子签名" in text
    assert "6222000011112222" not in text
    assert contract.buyer.contact_phone == "" or contract.buyer.contact_phone not in text

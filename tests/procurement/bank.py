"""camt.053 files as banks write them, in the shapes of several versions."""

from __future__ import annotations

ACCOUNT = "51050110462500000123"


def entry(
    amount="12000.00",
    *,
    remittance="",
    reference="B1",
    booked="<Dt>2026-03-10</Dt>",
    kind="CRDT",
    state="BOOK",
    reversal=False,
    payer="健源医疗器械有限公司",
    account="6222021234567890",
    version="08",
    currency="CNY",
    details=None,
):
    """One entry; from version 08 on a state and a party's name lie one level deeper."""
    new = version >= "08"
    status = f"<Cd>{state}</Cd>" if new else state
    name = f"<Pty><Nm>{payer}</Nm></Pty>" if new else f"<Nm>{payer}</Nm>"
    if details is None:
        details = f"""<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
        <RltdPties><Dbtr>{name}</Dbtr><DbtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></DbtrAcct></RltdPties>
        <RltdAgts><DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>102651000000</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt></RltdAgts>
        <RmtInf><Ustrd>{remittance}</Ustrd></RmtInf></TxDtls>"""
    return f"""<Ntry>{f"<NtryRef>{reference}</NtryRef>" if reference else ""}<Amt Ccy="{currency}">{amount}</Amt>
    <CdtDbtInd>{kind}</CdtDbtInd>{"<RvslInd>true</RvslInd>" if reversal else ""}<Sts>{status}</Sts>
    <BookgDt>{booked}</BookgDt>{f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""}
    <NtryDtls>{details}</NtryDtls></Ntry>"""


def balance(kind, amount, sign="CRDT"):
    """A balance: OPBD opens, CLBD closes."""
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal>"
    )


def statement(*entries, version="08", account=ACCOUNT, balances="", number="S1", before="", pages=""):
    """A file with one statement."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{before}
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
    <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-11T06:00:00+08:00</CreDtTm></GrpHdr>
    <Stmt><Id>{number}</Id>{pages}<CreDtTm>2026-03-11T06:00:00+08:00</CreDtTm>
    <Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{balances}{"".join(entries)}</Stmt>
    </BkToCstmrStmt></Document>""".encode()

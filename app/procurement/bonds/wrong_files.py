"""What a file is that isn't a bank's statement, and what to do: whoever chose the wrong one learns which to fetch."""

from __future__ import annotations

from app.foundation.text import Text

FETCH = Text(
    "download it from your bank as camt.053 (XML), as Excel (.xlsx) or as CSV",
    "请从网上银行下载camt.053（XML）、Excel（.xlsx）或CSV格式的对账单",
)
AS_XLSX = Text("open it in Excel or WPS and save it as .xlsx", "请用Excel或WPS打开后另存为.xlsx")

KINDS: tuple[tuple[tuple[bytes, ...], Text, Text], ...] = (
    ((b"%PDF",), Text("it is a PDF", "该文件为PDF"), FETCH),
    (
        (b"\xd0\xcf\x11\xe0",),
        Text("it is an old or locked Excel or Word file", "该文件为旧版或加密的Excel、Word文件"),
        AS_XLSX,
    ),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM"), Text("it is a picture", "该文件为图片"), FETCH),
    (
        (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"),
        Text("it is an archive", "该文件为压缩包"),
        Text("unpack it first", "请先解压"),
    ),
    ((b"MZ", b"\x7fELF"), Text("it is a program", "该文件为可执行程序"), FETCH),
)
"""First bytes, what such a file is, and what to do with it."""
XML_KINDS = {
    "camt.052": (
        Text("it is a report within the day (camt.052)", "该文件为日间账户报告（camt.052）"),
        Text("fetch the statement of the whole day (camt.053)", "请下载日终对账单（camt.053）"),
    ),
    "camt.054": (
        Text("it is a notice of single entries (camt.054)", "该文件为借贷记通知（camt.054）"),
        Text("fetch the statement of the whole day (camt.053)", "请下载日终对账单（camt.053）"),
    ),
    "pain.": (Text("it is an order to pay, not a statement", "该文件为付款指令，不是对账单"), FETCH),
    "pacs.": (Text("it is a message between banks", "该文件为银行间报文"), FETCH),
    "html": (Text("it is a web page", "该文件为网页"), AS_XLSX),
    "Workbook": (Text("it is an Excel file of 2003 in XML", "该文件为Excel 2003 XML表格"), AS_XLSX),
    "Document": (Text("it is no statement", "该文件不是对账单"), FETCH),
}
"""Beginnings of the names of XML documents."""


def what_it_is(content: bytes, name: str) -> Text:
    """What a file that is neither XML, workbook nor text is, by its content; else by its name."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for marks, what, act in KINDS:
        if head.startswith(marks):
            return _joined(what, act)
    if head[:4] == b"PK\x03\x04":
        if b"word/" in content[:4096] or name.lower().endswith(".docx"):
            return _joined(Text("it is a Word file", "该文件为Word文件"), FETCH)
        return _joined(Text("it is an archive", "该文件为压缩包"), Text("unpack it first", "请先解压"))
    if head[:5].lower() in (b"<html", b"<!doc", b"<tabl", b"<meta"):
        return as_xml("html")
    if head.startswith((b":20:", b"{1:")):
        return _joined(Text("it is a SWIFT MT940 file", "该文件为SWIFT MT940文件"), FETCH)
    if not content:
        return _joined(Text("it is empty", "该文件没有内容"), FETCH)
    ending = name.rpartition(".")[2][:8]
    return _joined(Text(f"files of the kind “.{ending}” are not statements", f"“.{ending}”类文件不是对账单"), FETCH)


def as_xml(name: str) -> Text:
    """What an XML document of some name (of its namespace, or of its root) is."""
    for beginning, (what, act) in XML_KINDS.items():
        if name.casefold().startswith(beginning.casefold()):
            return _joined(what, act)
    return _joined(Text(f"it is “{name}”", f"其类型为“{name}”"), FETCH)


def is_text(content: bytes) -> bool:
    """Whether a content may be a table in text: no XML, no SWIFT message, nothing binary."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    odd = any(head.startswith(marks) for marks, _, _ in KINDS) or head.startswith((b"<", b":20:", b"{1:", b"PK"))
    return bool(content) and not odd and (b"\0" not in head or content.startswith((b"\xff\xfe", b"\xfe\xff")))


def _joined(what: Text, act: Text) -> Text:
    return Text(f"{what.en}; {act.en}", f"{what.zh}，{act.zh}")

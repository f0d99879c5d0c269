"""Citations as people read them: ``GPL 38`` is "Government Procurement Law, article 38" and 《中华人民共和国政府采购法》第三十八条.

No code of a law reaches a person: whatever is printed, mailed, shown or published goes through ``citation``.
"""

from __future__ import annotations

import re
from datetime import date

from app.foundation import dates
from app.foundation.text import Text

LAWS = {
    "GPL": Text("Government Procurement Law", "《中华人民共和国政府采购法》"),
    "IR": Text("Implementing Regulations of the Government Procurement Law", "《中华人民共和国政府采购法实施条例》"),
    "APL": Text("Administrative Penalty Law", "《中华人民共和国行政处罚法》"),
    "O74": Text(
        "Measures on non-tender methods of government procurement (Ministry of Finance Order 74)",
        "《政府采购非招标采购方式管理办法》（财政部令第74号）",
    ),
    "O87": Text(
        "Measures on tendering for goods and services in government procurement (Ministry of Finance Order 87)",
        "《政府采购货物和服务招标投标管理办法》（财政部令第87号）",
    ),
    "O94": Text(
        "Measures on challenges and complaints in government procurement (Ministry of Finance Order 94)",
        "《政府采购质疑和投诉办法》（财政部令第94号）",
    ),
    "O101": Text(
        "Measures on the release of government procurement information (Ministry of Finance Order 101)",
        "《政府采购信息发布管理办法》（财政部令第101号）",
    ),
    "O110": Text(
        "Interim measures on framework agreements in government procurement (Ministry of Finance Order 110)",
        "《政府采购框架协议采购方式管理暂行办法》（财政部令第110号）",
    ),
    "N22": Text(
        "Measures on procurement requirements, Caiku [2021] 22", "《政府采购需求管理办法》（财库〔2021〕22号）"
    ),
    "N38": Text("Notice on fair competition, Caiku [2019] 38", "财库〔2019〕38号"),
    "N46": Text(
        "Measures on small and medium enterprises, Caiku [2020] 46",
        "《政府采购促进中小企业发展管理办法》（财库〔2020〕46号）",
    ),
    "SMEPay": Text("Regulations on payments to small and medium enterprises", "《保障中小企业款项支付条例》"),
    "ESL": Text("Electronic Signature Law", "《电子签名法》"),
    "policy": Text("policy of this service", "本平台规定"),
}
"""The laws that rules and steps cite, by the keys of the rules' data."""

_CITED = re.compile(r"(?P<law>\S+) (?P<first>\d+)(?:[–-](?P<last>\d+)|\((?P<item>\d+)\))?\Z")
_CAIKU = re.compile(r"财库〔(?P<year>\d{4})〕(?P<number>\d+)号\Z")
_PBOC = re.compile(r"PBOC (?P<day>\d{4}-\d{2}-\d{2})\Z")
_DIGITS = "零一二三四五六七八九"


def citation(cited: str) -> Text:
    """One or more citations in words (``O87 37(6), IR 33``); what isn't known stays as it is written."""
    parts = [_one(part.strip()) for part in cited.split(",")]
    return Text("; ".join(part.en for part in parts), "、".join(part.zh for part in parts))


def under(words: Text, cited: str) -> Text:
    """Words with the law that they rest on behind them, in brackets, within the full stop of a sentence."""
    law = citation(cited)
    english, chinese_words = words.en.removesuffix("."), words.zh.removesuffix("。")
    return Text(
        f"{english} ({law.en}){words.en[len(english) :]}",
        f"{chinese_words}（{law.zh}）{words.zh[len(chinese_words) :]}",
    )


def _one(cited: str) -> Text:
    found = _CITED.match(cited)
    law = LAWS.get(found["law"] if found else cited)
    if law is None:
        return _by_day_or_number(cited)
    if found is None:
        return law
    first, last = int(found["first"]), int(found["last"] or found["first"])
    if found["item"]:
        item = int(found["item"])
        return Text(f"{law.en}, article {first}({item})", f"{law.zh}第{chinese(first)}条第{chinese(item)}项")
    if first == last:
        return Text(f"{law.en}, article {first}", f"{law.zh}第{chinese(first)}条")
    return Text(f"{law.en}, articles {first}–{last}", f"{law.zh}第{chinese(first)}条至第{chinese(last)}条")


def _by_day_or_number(cited: str) -> Text:
    """What has no articles: a notice of the ministry by its number, an announcement of the central bank by its day."""
    if order := _CAIKU.match(cited):
        return Text(f"Caiku [{order['year']}] {order['number']}", cited)
    if announced := _PBOC.match(cited):
        on = dates.day(date.fromisoformat(announced["day"]))
        return Text(f"People's Bank of China, {on.en}", f"中国人民银行{on.zh}公布")
    return Text(cited, cited)


def chinese(value: int) -> str:
    """A number from 1 to 999 in Chinese, as articles are counted: 一百零五, 八十五, 十二."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")

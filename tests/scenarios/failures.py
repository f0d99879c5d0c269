"""The stages of a tender that fails for having two bids, by those who have a part in it, through the pages in Chinese."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenarios.stages import number_on
from tests.scenarios.walking import Person, Town

WHY = "投标截止时投标人不足三家"


def apply(town: Town) -> None:
    """Applied for, reviewed, filed."""
    handler = _of(town, "chen")
    handler.go("/start").press("发起")
    handler.fill(
        {
            "项目名称": "输液泵采购",
            "采购标的类别": "货物",
            "预算项目": "2026-0101",
            "资金来源": "财政性资金",
            "采购需求说明": "新建重症监护病房配置输液设备，用于危重病人连续给药。",
            "第1行：品目编码": "A02320700",
            "第1行：名称": "输液泵",
            "第1行：数量": "20",
            "第1行：单位": "台",
            "第1行：预算单价（元）": "450000",
        }
    )
    handler.press("提交审核", refused=True).sees("9,000,000.00元")
    handler.fill({"第1行：预算单价（元）": "45000"}).press("提交审核")
    town.number = number_on(handler)
    _of(town, "zhou").do("审核项目申请", {"决定": "通过"}, "提交审核意见")
    _of(town, "liu").do("备案项目申请", {"决定": "同意备案"}, "提交备案意见")


def plan(town: Town) -> None:
    """The plan, the method, the agency, both signatures."""
    handler = _of(town, "chen")
    values = {
        "第1行：中小企业政策": "价格扣除",
        "第1行：不预留的理由": "面向中小企业预留将使竞争不足，市场调查已说明。",
        "合同与验收安排": "总价合同；交付后三十日内验收，验收合格后付款。",
    }
    handler.do("编制采购实施计划", values, "提交实施计划")
    handler.do("确定采购方式", {"采购方式": "公开招标"}, "确定采购方式")
    handler.do(
        "选择代理机构",
        {"采购代理机构": "江城公共", "代理费用（元）": "8000", "代理费用支付方": "采购人"},
        "发送委托代理协议",
    )
    _of(town, "sun").do("采购代理机构签署委托代理协议", {"决定": "签署协议"}, "提交决定")
    _of(town, "zhou").do("采购人签署委托代理协议", {"本人已阅读协议内容": True}, "签署协议")


def publish(town: Town) -> None:
    """Prepared, checked, confirmed, on the portal."""
    _of(town, "sun").take("编制招标文件").press("提交检查")
    _of(town, "chen").do("确认招标文件", {"决定": "确认"}, "提交意见")
    _of(town, "chen").do("等待公告日期", {"决定": "立即发布公告"}, "提交意见")
    _of(town, None).go("/portal").follow("输液泵采购").sees("投标截止")


def submit(town: Town, evidence: Path, letter: Path) -> None:
    """Two suppliers bid, each with a letter of guarantee; a bid that lacks something isn't sealed."""
    for login, price in (("kang", 42_000), ("shuang", 43_000)):
        supplier = _of(town, login)
        supplier.go("/supplier/tenders").follow("输液泵采购").press("获取招标文件").follow("编制投标文件")
        supplier.press("下一步：检查").sees("暂不能密封提交").follow("返回编制")
        supplier.fill({"输液泵的单价": price, "投标总价": price * 20}).fill_all("响应内容", "完全响应招标文件要求。")
        for declaration in supplier.page.locator("input[name=declarations]").all():
            declaration.check()
        for file in supplier.page.locator("#bid [data-upload-url] input[type=file]").all():
            file.set_input_files(evidence)
        supplier.press("下一步：检查").sees("完全响应招标文件要求。", evidence.name)
        supplier.press("密封并提交").sees("投标文件已密封并签收。")
        supplier.go("/supplier/tenders").follow("输液泵采购").follow("投标保证金")
        supplier.fill(
            {
                "保函编号": f"G-{login}",
                "出具机构": "江城银行",
                "担保金额（元）": "18000",
                "有效期至": "2026-12-31",
                "保函文件": letter,
            }
        )
        supplier.press("提交保函")


def fail(town: Town) -> None:
    """At the deadline too few bids fail the tender; everybody is told why and what comes next."""
    _of(town, None).go("/portal").turn_to("投标截止")
    public = _of(town, None).go("/portal/results").follow("输液泵采购废标公告").sees(WHY)
    public.follow("查看项目全部信息").sees("已废标", WHY)
    bidder = _of(town, "kang").go("/supplier").sees("未开启").follow("输液泵采购")
    bidder.sees("共收到2份投标文件，有效投标不足三家，不予开标")
    bidder.go("/supplier/messages").sees(f"“输液泵采购”已废标：{WHY}")
    bidder.go("/supplier/bonds").sees("G-kang", "前")
    buyer = _of(town, "chen").go("/cases").follow("输液泵采购")
    buyer.sees(f"已废标：{WHY}", "应当重新组织招标").follow("发起新流程").sees("采购项目")
    _of(town, "sun").go("/tenders").sees("已废标").follow("输液泵采购").sees(f"已废标：{WHY}")


def return_bonds(town: Town) -> None:
    """The agency gives the letters of guarantee back in time, and the project is closed; its budget is free again."""
    agency = _of(town, "sun").go("/inbox").sees("退还投标保证金", "还有5个工作日")
    agency.take("退还投标保证金").sees("江城银行 G-kang", "江城银行 G-shuang")
    agency.fill({"确认按上列信息退还。": True}).press("生成退款文件")
    _of(town, "kang").go("/supplier/bonds").sees("已退还")
    buyer = _of(town, "chen").go("/cases?state=completed").follow("输液泵采购")
    assert re.search(r"定标\s*未进行", buyer.words)


def _of(town: Town, login: str | None) -> Person:
    return town.person(login, "zh")

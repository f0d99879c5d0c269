"""What the check reads in Chinese: what only sounds like a fault isn't found, and its twin that is one still is."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app.procurement import rules
from app.procurement.tenders.checks import Draft, contents, scoring
from app.procurement.tenders.checks.wordings import wordings
from app.procurement.tenders.records import Factor, Requirement

WORDINGS = {wording.id: wording for wording in wordings()}

# -- wordings

INNOCENT = [
    "vague-word|由一线医务人员操作，通过统一线上平台报修。",
    "vague-word|按统一流程办理，单一流向排烟。",
    "vague-word|支持最高端口速率，告知名单。",
    "floor-price|投标报价不得低于成本。",
    "import-required|水泵进口直径DN50，进口压力0.3MPa。",
    "import-required|国产、进口产品均可。",
    "import-required|属于非进口产品。",
    "unrelated-honour|配AAA电池2节。",
    "unrelated-honour|混凝土抗折500强度等级。",
    "unrelated-honour|建立工程质量奖惩制度。",
    "business-scope|对经营范围不作要求。",
    "scale|营业收入、资产总额等不作为评审因素。",
    "scale|提供近一年财务报表（含资产负债表、利润表）。",
    "scale|按中小企业声明函格式填写从业人员、营业收入、资产总额。",
    "scale|提供培训员工人数不少于20人的现场培训。",
    "scale|从业人员须持有健康证。",
    "binding-and-paper|打印机纸张容量不少于500页。",
    "binding-and-paper|设计文件编制完整。",
    "named-product|交货至采购人指定地点，由厂家技术人员安装调试。",
    "named-product|所投核心产品必须为同一品牌的授权。",
    "named-product|品牌：（由投标人填写）",
    "place-of-business|分公司投标的，应当取得总公司授权。",
    "place-of-business|不要求供应商在项目所在地设立分支机构。",
    "place-of-business|对供应商注册地不作限制。",
    "years-in-business|提供缴纳社会保险的凭据（近一年内任意一个月）。",
    "maker-authorisation|提供生产厂家出具的产品合格证明。合格证",
    "maker-authorisation|不需要生产厂家授权书。",
    "legal-form|供应商为企业法人的，提供营业执照。",
    "unmeasured-standard|具备最优路径规划功能的得2分，否则得0分。",
    "unmeasured-standard|支持优先级设置，良品率中位数误差的得3分",
    "span-of-points|考核80至90分的得3分，90分以上的得5分。",
    "what-can-be-queried|由采购人通过信用中国网站查询并打印网页存档。",
    "unlawful-deposit|建设工程质量保证金按国家规定预留。",
    "unlawful-deposit|本合同不另行收取质量保证金。",
    "paper-copies|合同正本两份，副本四份。",
    "paper-copies|验收时提交纸质竣工材料一套。",
    "paper-copies|U盘容量不少于64GB。",
    "policy-product-guess|属于节能产品强制采购范围的，不得由供应商自行判断。",
    "supplier-list|不要求投标人属于备选库。",
    "ownership|对国有企业、民营企业不限。",
    "head-in-person|法定代表人无需到场。",
    "document-fee|本项目不收取招标文件售价。",
    "head-in-person|法定代表人可以不到场。",
]

GUILTY = [
    "vague-word|采用一线品牌。",
    "vague-word|采用国际一流技术。",
    "vague-word|选用高端设备。",
    "vague-word|采用知名产品。",
    "scale|投标人注册资本不得低于500万元。",
    "scale|从业人员不少于50人。",
    "scale|年利润率不低于5%。",
    "place-of-business|投标人不得少于3个服务网点。",
    "named-product|指定甲公司产品。",
    "named-product|品牌：迈瑞。",
    "import-required|投标产品须为进口产品。",
    "paper-copies|另提交纸质投标文件正本一份。",
    "paper-copies|投标文件正本一份，副本四份。",
    "unlawful-deposit|须缴纳质量保证金。",
    "span-of-points|视情况得1-5分。",
    "span-of-points|响应情况0至3分。",
    "unmeasured-standard|方案最优得5分。",
    "unmeasured-standard|方案优得5分，良得3分，一般得1分，差得0分。",
    "what-can-be-queried|投标人提供信用中国查询截图。",
    "what-can-be-queried|采购人将查询，投标人须同时提供信用中国截图。",
    "years-in-business|提供连续缴纳社会保险六个月的凭据。缴纳社会保险满12个月",
    "floor-price|最低限价50万元。",
    "unrelated-honour|具有质量奖的得2分。",
    "unrelated-honour|AAA级信用企业得2分。",
    "binding-and-paper|投标文件装订整齐得1分。",
    "binding-and-paper|投标文件页码连续。",
    "maker-authorisation|提供原厂授权书。",
    "legal-form|须为独立法人。",
    "business-scope|不具有相应经营范围的投标无效。",
    "head-in-person|法定代表人必须到场。",
]


@pytest.mark.parametrize("case", INNOCENT)
def test_words_that_only_sound_like_a_fault_are_not_found(case):
    rule, text = case.split("|")
    assert WORDINGS[rule].found_in(text) is None


@pytest.mark.parametrize("case", GUILTY)
def test_their_twins_are_found(case):
    rule, text = case.split("|")
    assert WORDINGS[rule].found_in(text)


DENIALS = (
    "本项目对{}不作要求。",
    "{}不作为资格条件或者评审因素。",
    "投标人无需提供{}。",
    "本项目不要求供应商具备{}。",
    "不得将{}作为评审因素。",
    "不需要{}。",
    "对{}不作限制。",
    "不再要求投标人提供{}。",
)
BESIDE = ("{}，且不需要其他材料。", "不接受联合体投标，{}。", "{}。无需提供样品。")


@pytest.mark.parametrize("denial", DENIALS)
@pytest.mark.parametrize("rule", WORDINGS)
def test_what_is_denied_before_or_behind_it_is_not_found(rule, denial):
    wording = WORDINGS[rule]
    assert wording.found_in(denial.format(wording.found_in(wording.bad))) is None


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("rule", WORDINGS)
def test_a_denial_of_something_else_excuses_nothing(rule, beside):
    wording = WORDINGS[rule]
    assert wording.found_in(beside.format(wording.bad))


# -- scores and terms


def draft(*texts, standard="", points=20, requirement_codes=(), contract="", items=()):
    """Documents of one lot: requirements R1, R2, … of these texts, one criterion, the terms of the tests."""
    lot = SimpleNamespace(id="lot", number=1, items=list(items))
    requirements = [
        Requirement(lot_id="lot", code=f"R{number}", kind="technical", starred=False, text_zh=text, evidence="")
        for number, text in enumerate(texts, 1)
    ]
    factor = Factor(
        lot_id="lot",
        code="F1",
        name_zh="因素",
        kind="objective",
        points=Decimal(points),
        standard=standard,
        bands=[],
        requirement_codes=list(requirement_codes),
    )
    tender = SimpleNamespace(
        requirements=requirements,
        factors=[factor],
        contract_terms=contract,
        bond_percent=Decimal(2),
        performance_bond_percent=Decimal(5),
        payment_days=30,
        validity_days=90,
        delivery_days=30,
    )
    return Draft(
        tender=tender,
        project=SimpleNamespace(lots=[lot]),
        calendar=None,
        notice_on=None,
        law=rules.Law(date(2026, 3, 2), "goods", "open_tender"),
    )


@pytest.mark.parametrize(
    "standard",
    [
        "考核得分不低于80分的，得20分，否则得0分",
        "测试得分达到60分及以上的得10分",
        "测评得分超过90分的得20分",
        "参加80分钟培训的得20分",
        "满意度得80分以上的，得20分",
        "配置6分管的得20分",
    ],
)
def test_a_result_to_be_reached_is_no_step(standard):
    assert list(scoring.points_match(draft(standard=standard))) == []


@pytest.mark.parametrize("standard", ["满足的得25分", "最高不超过25分", "每项加25分", "不满足的扣25分", "满分25分"])
def test_a_step_above_the_criterion_is_found(standard):
    assert [found.rule for found in scoring.points_match(draft(standard=standard))] == ["E4-points"]


@pytest.mark.parametrize("standard", ["全部满足得满分，不满足不得分", "满足得五分", "得分＝（最大值/投标值）×本项分值"])
def test_points_in_words_and_formulas_are_a_measure(standard):
    assert list(scoring.measures(draft(standard=standard))) == []


@pytest.mark.parametrize("standard", ["全部具备", "按响应情况评审", "三分钟内到场"])
def test_a_standard_without_points_is_found(standard):
    assert [found.rule for found in scoring.measures(draft(standard=standard))] == ["E4-measure"]


@pytest.mark.parametrize(
    "text",
    [
        "符合GB/T 2423.1-2008标准",
        "执行GB 4943.1-2011",
        "支持RS-485接口",
        "提供以下材料：说明书、合格证",
        "以上功能均须具备",
        "自2026-01-01起提供服务，电话028-88888888",
    ],
)
def test_a_requirement_without_a_range_needs_no_steps(text):
    assert list(scoring.ranges(draft(text, standard="R1满足得20分", requirement_codes=["R1"]))) == []


@pytest.mark.parametrize(
    "text", ["探头阵元数不少于128", "三年以上质保", "频率2-5MHz", "误差≤1%", "24小时以内到场", "50%以上"]
)
def test_a_requirement_with_a_range_needs_steps(text):
    found = scoring.ranges(draft(text, standard="R1满足得20分", requirement_codes=["R1"]))
    assert [each.rule for each in found] == ["E4-ranges"]


@pytest.mark.parametrize("text", ["本项目不要求提供样品", "无需提供样品", "不需要提交样品", "不要求投标人提供样品"])
def test_samples_that_are_not_wanted_need_no_standard(text):
    assert list(scoring.samples(draft(text))) == []


@pytest.mark.parametrize("text", ["投标时提供样品", "要求投标人提供样品", "开标前递交样品"])
def test_samples_that_are_wanted_need_one(text):
    assert [found.rule for found in scoring.samples(draft(text))] == ["O87-22"]


@pytest.mark.parametrize(
    "text", ["非实质性要求", "本条不属于实质性要求", "标★条款不满足的投标无效", "带“★”的为关键参数"]
)
def test_a_star_that_is_spoken_of_marks_nothing(text):
    assert list(contents.stars_agree(draft(text))) == []


@pytest.mark.parametrize("text", ["★显示器21英寸", "显示器21英寸（实质性要求）", "1.★支持触控"])
def test_a_star_in_the_text_marks_its_requirement(text):
    assert [found.rule for found in contents.stars_agree(draft(text))] == ["O87-20-star"]


@pytest.mark.parametrize(
    "text",
    [
        "投标有效期届满前15日通知",
        "交货期每延误1日支付违约金",
        "交货时间应提前3日通知采购人",
        "质量保证金为合同金额的3%",
        "逾期退还投标保证金的，按每日0.05%支付",
        "退还履约保证金，并支付剩余10%货款",
        "收到发票后7日内支付预付款",
        "投标保证金逾期退还按利率上浮20%计息",
    ],
)
def test_another_figure_beside_a_term_contradicts_nothing(text):
    assert list(contents.contradictions(draft(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "投标有效期60天",
        "交货期为签约后45日",
        "收到发票后15日内支付",
        "投标保证金为预算的1%",
        "履约保证金为合同金额的10%",
    ],
)
def test_another_figure_of_a_term_contradicts_it(text):
    assert [found.rule for found in contents.contradictions(draft(text))] == ["contradiction"]


@pytest.mark.parametrize(
    "texts",
    [
        ("整机质保期5年", "探头质保期1年"),
        ("质保期3年", "质保期内每6个月巡检一次"),
        ("质保期3年", "质保期满后1年内提供备件"),
        ("质保期3年", "整机质保期36个月"),
        ("电池保修期12个月", "电池保修期1年"),
    ],
)
def test_warranties_of_different_things_and_what_happens_in_them_contradict_nothing(texts):
    assert list(contents.guarantee_terms(draft(*texts))) == []


@pytest.mark.parametrize(
    "texts",
    [("质保期3年", "质保期不少于24个月"), ("整机质保期5年", "设备质保期3年"), ("探头质保期1年", "探头质保期2年")],
)
def test_two_warranties_of_one_thing_contradict_each_other(texts):
    assert [found.rule for found in contents.guarantee_terms(draft(*texts))] == ["contradiction"]


def test_so_many_of_a_thing_for_each_is_no_other_quantity():
    item = SimpleNamespace(name="显示器", unit="台", quantity=Decimal(10), position=1)
    assert list(contents.quantities(draft("显示器每组2台", items=[item]))) == []
    assert [found.rule for found in contents.quantities(draft("显示器8台", items=[item]))] == ["contradiction"]

"""What the house is to each kind of person: the help page, in steps that follow their work."""

from __future__ import annotations

from dataclasses import dataclass

from app.foundation.text import Text


@dataclass(frozen=True)
class Guide:
    """A kind of person: the roles that make one, what the house does for them, and how their work goes."""

    id: str
    name: Text
    roles: frozenset[str]
    lead: Text
    steps: tuple[Text, ...]


GUIDES = (
    Guide(
        "buyer",
        Text("Buyers", "采购人"),
        frozenset({"buyer-handler", "buyer-reviewer", "buyer-contract-officer", "payment-officer"}),
        Text(
            "From the application to the last payment: each step comes to the person whose step it is.",
            "从采购申请到最后一笔付款，每个环节自动送达负责该环节的人员。",
        ),
        (
            Text(
                "The procurement handler starts an application under Cases, “Start a case”: what is needed, from which "
                "budget line, how much. The reviewer checks it, the finance department files it.",
                "采购经办人在“项目”中选择“发起”，填写采购需求、预算项目和金额；审核人审核后，由财政部门备案。",
            ),
            Text(
                "The plan names lots, requirements and the method; the rules say at once what the law asks and why.",
                "采购实施计划确定采购包、需求和采购方式；系统即时提示法定要求及依据。",
            ),
            Text(
                "An agency is entrusted by two signatures. It prepares the documents; you confirm them, with every "
                "finding of the check before you.",
                "双方签署委托协议后，由代理机构编制采购文件；您在确认前可看到全部检查结果。",
            ),
            Text(
                "Bids stay sealed until the deadline, from you too. After the evaluation you confirm the winner within "
                "five working days.",
                "投标文件在截止时间前对任何人（包括采购人）均不可见；评标结束后，须在5个工作日内确定中标人。",
            ),
            Text(
                "The contract officer signs and publishes the contract and accepts the delivery; the payment officer "
                "pays within the days that are due.",
                "合同与验收负责人签订并公告合同、组织验收；支付经办人在规定期限内付款。",
            ),
        ),
    ),
    Guide(
        "finance",
        Text("Finance departments", "财政部门"),
        frozenset({"finance-officer"}),
        Text(
            "Applications and contracts come to be filed, payments to be approved; everything else is yours to watch.",
            "采购申请与合同在此备案，支付在此审批；其他环节可随时监督查看。",
        ),
        (
            Text(
                "What waits for you stands in the inbox, the earliest deadline first.",
                "待办按期限先后排列，最紧急的在最前。",
            ),
            Text(
                "Under Cases you see every project of the buyers you supervise, with diagram, documents and history.",
                "在“项目”中可查看所监管采购人的全部项目，包括流程图、文件和办理经过。",
            ),
        ),
    ),
    Guide(
        "agency",
        Text("Procurement agencies", "采购代理机构"),
        frozenset({"agency-officer", "agency-host"}),
        Text(
            "You prepare the documents, answer questions, host the opening and organise the evaluation.",
            "编制采购文件、答复询问、主持开标、组织评标。",
        ),
        (
            Text(
                "While you write the documents the check compares them with the law: clauses that discriminate, periods "
                "that are too short, scores that don't add up. What the law forbids blocks publication.",
                "编制采购文件时，系统对照法律进行检查：歧视性条款、期限不足、分值有误等；法律禁止的内容无法发布。",
            ),
            Text(
                "Changes and answers are published to everybody at once; a change that bears on bids moves the deadline.",
                "澄清、修改与答复同时向所有人公开；影响投标文件编制的修改将顺延截止时间。",
            ),
            Text(
                "At the deadline the bids open by themselves, in public, and the opening record writes itself; the host "
                "signs it.",
                "投标截止时系统自动公开开标并生成开标记录，由主持人签署。",
            ),
            Text(
                "Experts are drawn by a number that nobody could choose; who is tied to a bidder is left out.",
                "评审专家由不可预知的随机数抽取，与投标人有利害关系的专家自动回避。",
            ),
        ),
    ),
    Guide(
        "supplier",
        Text("Suppliers", "供应商"),
        frozenset({"supplier-admin", "supplier-bidder", "supplier-signer"}),
        Text(
            "Find tenders, bid, and be paid: nothing is asked that the authorities can look up themselves.",
            "查找招标项目、参与投标、收取货款；可由部门间共享的材料无需提交。",
        ),
        (
            Text(
                "Register once, by declaration. Your administrator adds your people under People.",
                "供应商一次承诺注册；管理员可在“人员”中添加本单位人员。",
            ),
            Text(
                "A bid is a checklist against the requirements. It saves itself, and each file goes up by itself while "
                "you work on.",
                "投标文件按要求逐项填写，自动保存；文件逐个上传，不影响继续填写。",
            ),
            Text(
                "“Seal and submit” encrypts the bid to a key that is given out after the deadline only. You receive a "
                "receipt that anybody can verify. Until the deadline you may withdraw and replace it.",
                "“密封并提交”后，投标文件以截止后方可取得的密钥加密，您将获得可公开验证的回执；截止前可撤回或替换。",
            ),
            Text(
                "Who lost learns the score and the reasons, and may query the result within seven working days.",
                "未中标供应商可知悉本单位得分与原因，并可在7个工作日内提出质疑。",
            ),
        ),
    ),
    Guide(
        "expert",
        Text("Review experts", "评审专家"),
        frozenset({"expert"}),
        Text(
            "You evaluate the bids of committees you were drawn for, alone and by the published standard.",
            "对被抽取项目的投标文件，按照公布的标准独立评审。",
        ),
        (
            Text(
                "Answer the call in your inbox, and say if you are tied to a bidder.",
                "在待办中确认是否参加；如与投标人有利害关系，请申请回避。",
            ),
            Text(
                "Bids stand in columns, requirements and factors in rows, the supplier's own words and page beside each "
                "score.",
                "投标文件按列、要求与评分因素按行显示，每项得分旁附供应商原文和页码。",
            ),
            Text(
                "Nobody sees your scores before you sign. Who disagrees with the report writes down why.",
                "您的评分在签字前不公开；对评标报告有异议的，应书面说明理由。",
            ),
        ),
    ),
    Guide(
        "analyst",
        Text("Business analysts", "业务分析师"),
        frozenset({"analyst"}),
        Text(
            "Every procedure is a BPMN diagram with its forms, decision tables and scenarios; you draw and change them.",
            "每个采购流程由BPMN流程图及其表单、决策表和测试场景构成，由您绘制和修改。",
        ),
        (
            Text(
                "Draw in the Studio. The check names the element and what is wrong; what can't run can't be deployed.",
                "在“流程设计”中绘制；检查结果指明元素和问题，无法执行的流程不能部署。",
            ),
            Text(
                "Scenarios play a procedure on a virtual clock, from start to end, before anybody depends on it.",
                "部署前可用测试场景在虚拟时钟上完整演练流程。",
            ),
            Text(
                "Running cases stay on the version they began with, until an administrator moves them.",
                "进行中的项目沿用其启动时的版本，除非管理员迁移。",
            ),
        ),
    ),
    Guide(
        "administrator",
        Text("Administrators and registrars", "系统管理员与注册审核员"),
        frozenset({"administrator", "registrar"}),
        Text(
            "You look after people, and after cases that can't go on by themselves.",
            "管理人员与角色，处理无法自行推进的项目。",
        ),
        (
            Text(
                "People: add a person, who sets the password by a mailed link, and grant roles at organisations. Duties "
                "that must be kept apart can't be mixed.",
                "人员：添加人员（本人通过邮件链接设置密码）并授予角色；不相容的职责无法兼任。",
            ),
            Text(
                "Operations: incidents say in a sentence why a case waits; mend the cause and try again.",
                "运行监控：每个异常用一句话说明原因，排除后重试即可。",
            ),
            Text(
                "Registrars check what suppliers declare.",
                "注册审核员核对供应商的承诺信息。",
            ),
        ),
    ),
    Guide(
        "auditor",
        Text("Auditors", "审计"),
        frozenset({"auditor"}),
        Text("You read everything and change nothing.", "可查阅全部资料，但不作任何修改。"),
        (
            Text(
                "Each case has its history, every act with person and time, in a chain of hashes: nothing can be "
                "changed, left out or put in later without breaking it.",
                "每个项目的每项操作及其人员、时间均以哈希链记录，任何篡改、删减或事后添加都会使链条断裂。",
            ),
            Text(
                "What you see is shown as it was at the time, with the version of the procedure it ran on.",
                "所见内容按当时情况及当时的流程版本呈现。",
            ),
        ),
    ),
    Guide(
        "public",
        Text("Everybody", "公众"),
        frozenset(),
        Text(
            "Every notice, result and contract is public on the day it is made, without signing in.",
            "公告、结果和合同均于当日公开，无需登录。",
        ),
        (
            Text(
                "Everything public is also there as open data (OCDS), to be counted and compared.",
                "公开信息同时以开放数据（OCDS）提供，便于统计和比较。",
            ),
            Text(
                "Receipts and journals can be verified by anybody.",
                "回执与操作记录可由任何人验证。",
            ),
        ),
    ),
)


def guides_for(groups: frozenset[str]) -> tuple[list[Guide], list[Guide]]:
    """The guides for somebody with these roles, and all others."""
    own = [guide for guide in GUIDES if guide.roles & groups]
    return own, [guide for guide in GUIDES if guide not in own]

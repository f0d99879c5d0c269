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
                "The procurement handler chooses “Start a new case” in “Inbox” and enters requirements, budget line and amount. "
                "The reviewer checks it and the finance department files it.",
                "采购经办人在“待办”中选择“发起新流程”，填写采购需求、预算项目和金额；审核人审核后，由财政部门备案。",
            ),
            Text(
                "The procurement plan sets lots, requirements and the method. This service shows at once what the law requires and why.",
                "采购实施计划确定采购包、需求和采购方式；本平台即时提示法定要求及依据。",
            ),
            Text(
                "Both parties sign the agency agreement. The procurement agency prepares the tender documents. You "
                "confirm them with the results of the check in front of you.",
                "双方签署委托代理协议后，由采购代理机构编制招标文件；您在确认前可看到全部检查结果。",
            ),
            Text(
                "Bids stay sealed until the deadline, for you too. After the evaluation you confirm the winning "
                "bidder within 5 working days.",
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
            "You file applications and contracts and approve payments. You can monitor everything else.",
            "采购申请与合同在此备案，支付在此审批；其他环节可随时监督查看。",
        ),
        (
            Text(
                "Your tasks are in the inbox, the earliest deadline first.",
                "待办按期限先后排列，最紧急的在最前。",
            ),
            Text(
                "In “Cases” you see every project of the buyers you supervise, with diagram, documents and history.",
                "在“项目”中可查看所监管采购人的全部项目，包括流程图、文件和办理经过。",
            ),
        ),
    ),
    Guide(
        "agency",
        Text("Procurement agencies", "采购代理机构"),
        frozenset({"agency-officer", "agency-host"}),
        Text(
            "You prepare the tender documents, answer enquiries, host the bid opening and organise the evaluation.",
            "编制招标文件、答复询问、主持开标、组织评标。",
        ),
        (
            Text(
                "While you prepare the tender documents, they are checked against the law: discriminating clauses, periods "
                "that are too short, scores that do not add up. What the law forbids cannot be published.",
                "编制招标文件时，本平台对照法律进行检查：歧视性条款、期限不足、分值有误等；法律禁止的内容无法发布。",
            ),
            Text(
                "Corrections and answers are published to everyone at the same time. A correction that affects bids moves the deadline.",
                "澄清、修改与答复同时向所有人公开；影响投标文件编制的修改将顺延截止时间。",
            ),
            Text(
                "At the deadline the bids are opened automatically and in public, and the opening record is created. "
                "The host signs it.",
                "投标截止时本平台自动公开开标并生成开标记录，由主持人签署。",
            ),
            Text(
                "Experts are drawn by a random number that no one can choose. Experts with a conflict of interest are excluded.",
                "评审专家由不可预知的随机数抽取，与投标人有利害关系的专家自动回避。",
            ),
        ),
    ),
    Guide(
        "supplier",
        Text("Suppliers", "供应商"),
        frozenset({"supplier-admin", "supplier-bidder", "supplier-signer"}),
        Text(
            "Find tenders, bid and get paid. You do not have to provide anything the authorities can look up themselves.",
            "查找招标项目、参与投标、收取货款；可由部门间共享的材料无需提交。",
        ),
        (
            Text(
                "Register once, by declaration. Your administrator adds your people under “My company”.",
                "供应商作出书面承诺后即可注册，无需重复提交；管理员可在“我的单位”中添加本单位人员。",
            ),
            Text(
                "A bid is a checklist of the requirements. It is saved automatically, and files upload while you "
                "continue to work.",
                "投标文件按要求逐项填写，自动保存；文件逐个上传，不影响继续填写。",
            ),
            Text(
                "“Seal and submit” encrypts the bid with a key that is released only after the deadline. You get a "
                "receipt that anyone can verify. Until the deadline you can withdraw and replace it.",
                "点击“密封并提交”后，投标文件即被加密，密钥在截止后才会释放；您会收到任何人都能验证的签收回执。截止前可以撤回或替换。",
            ),
            Text(
                "Unsuccessful bidders are told their score and the reasons, and can challenge the result within 7 "
                "working days.",
                "未中标的投标人可知悉本单位得分与原因，并可在7个工作日内提出质疑。",
            ),
        ),
    ),
    Guide(
        "expert",
        Text("Review experts", "评审专家"),
        frozenset({"expert"}),
        Text(
            "You evaluate the bids of committees you were drawn for, independently and by the published standard.",
            "对被抽取项目的投标文件，按照公布的标准独立评审。",
        ),
        (
            Text(
                "Answer the invitation in your inbox, and say if you have a conflict of interest.",
                "在待办中确认是否参加；如与投标人有利害关系，请申请回避。",
            ),
            Text(
                "Bids are in columns, requirements and criteria in rows, with the supplier's response and page "
                "beside each score.",
                "各投标文件分列、采购需求与评审因素分行对照显示，每项得分旁附供应商原文和页码。",
            ),
            Text(
                "No one sees your scores before you sign. If you disagree with the report, write down your reasons.",
                "您的评分在签字前不公开；对评标报告有异议的，应书面说明理由。",
            ),
        ),
    ),
    Guide(
        "analyst",
        Text("Business analysts", "业务分析师"),
        frozenset({"analyst"}),
        Text(
            "Every procedure is a BPMN diagram with forms, decision tables and scenarios. You draw and change them.",
            "每个采购流程由BPMN流程图及其表单、决策表和测试场景构成，由您绘制和修改。",
        ),
        (
            Text(
                "Draw in the Studio. The check shows the element and the problem. What cannot run cannot be deployed.",
                "在“流程设计”中绘制；检查结果指明元素和问题，无法执行的流程不能部署。",
            ),
            Text(
                "Scenarios play a procedure from start to end on a virtual clock before anyone uses it.",
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
            "You manage people, and resolve cases that cannot continue by themselves.",
            "管理人员与角色，处理无法自行推进的项目。",
        ),
        (
            Text(
                "“Organisations”: add a person, who sets a password with a link sent by email, and grant roles at organisations. "
                "Incompatible duties cannot be combined.",
                "“单位”：添加人员（本人通过邮件链接设置密码）并授予角色；不相容的职责无法兼任。",
            ),
            Text(
                "Operations: each incident says why a case is waiting. Correct the cause and try again.",
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
        Text("Auditors", "审计人员"),
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
        Text("Everyone", "公众"),
        frozenset(),
        Text(
            "Every notice, result and contract is public on the day it is made. You do not need to sign in.",
            "公告、结果和合同均于当日公开，无需登录。",
        ),
        (
            Text(
                "Everything public is also available as open data (OCDS).",
                "公开信息同时以开放数据（OCDS）提供，便于统计和比较。",
            ),
            Text(
                "Anyone can verify receipts and journals.",
                "回执与操作记录可由任何人验证。",
            ),
        ),
    ),
)


def guides_for(groups: frozenset[str]) -> tuple[list[Guide], list[Guide]]:
    """The guides for somebody with these roles, and all others."""
    own = [guide for guide in GUIDES if guide.roles & groups]
    return own, [guide for guide in GUIDES if guide not in own]

"""The stages of a tender's life, each by those who have a part in it, through the pages in English."""

from __future__ import annotations

import re
from pathlib import Path

from tests.scenarios.walking import Person, Town

NUMBER = re.compile(r"JC-\d{4}-\d{4}")
DEADLINE = re.compile(r"[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4}, \d\d:\d\d")


# -- from the application to the notice


def apply(town: Town) -> None:
    """More than the budget has left is refused; the reviewer sends the application back once, with reasons."""
    handler, reviewer = town.person("chen"), town.person("zhou")
    handler.go("/start").press("Start")
    handler.fill(
        {
            "Project name (Chinese)": "输液泵采购",
            "Project name (English)": "Infusion pumps",
            "Category": "Goods",
            "Budget line": "2026-0101",
            "Source of funds": "Fiscal funds",
            "Requirements": "新建重症监护病房配置输液设备，用于危重病人连续给药。",
            "Catalogue code, row 1": "A02320700",
            "Item, row 1": "输液泵",
            "Quantity, row 1": "20",
            "Unit, row 1": "台",
            "Estimated unit price (CNY), row 1": "350000",
        }
    )
    handler.press("Send for review", refused=True).sees("¥7,000,000.00", "The balance of this budget line is")
    handler.fill({"Estimated unit price (CNY), row 1": "45000"}).press("Send for review")
    town.number = number_on(handler)
    handler.turn("+1 hour")
    reviewer.take("Review the application").fill({"Decision": "Send back"}).press("Record the decision", refused=True)
    reviewer.fill({"Reasons": "请补充市场询价资料。"}).press("Record the decision")
    handler.take("Apply for the project").sees("Read this first", "请补充市场询价资料。")
    handler.fill({"Requirements": "新建重症监护病房配置输液设备；已向三家厂商询价。"}).press("Send for review")
    reviewer.do("Review the application", {"Decision": "Approve"}, "Record the decision")
    town.person("liu").do("File the application", {"Decision": "File"}, "Record the decision")


def plan(town: Town) -> None:
    """The plan, the method that the table proposes, the agency, both signatures."""
    handler = town.person("chen").turn("+1 day")
    handler.do(
        "Plan the procurement",
        {
            "Small and medium enterprises, row 1": "Price deduction",
            "Reason, if not reserved, row 1": "面向中小企业预留将使竞争不足，市场调查已说明。",
            "Contract and acceptance": "总价合同；交付后三十日内验收，验收合格后付款。",
        },
        "Submit the plan",
    )
    handler.take("Choose the method").sees("Proposed by the decision table").fill({"Method": "Open tender"}).press(
        "Choose the method"
    )
    handler.do(
        "Choose the agency",
        {"Procurement agency": "Jiangcheng Public", "Agency fee (CNY)": "8000", "Fee paid by": "Buyer"},
        "Send the agreement to the agency",
    )
    town.person("sun").do("Sign the agreement as agency", {"Decision": "Sign the agreement"}, "Record the decision")
    town.person("zhou").do("Sign the agreement as buyer", {"I have read the agreement": True}, "Sign the agreement")


def publish(town: Town) -> None:
    """What the check finds comes back to the agency; the buyer confirms; the notice is on the portal."""
    agency, public = town.person("sun").turn("+1 day"), town.person(None)
    agency.do("Prepare the tender documents", {"Points, row 3": "30"}, "Check the documents")
    agency.take("Prepare the tender documents").sees("The points add up to 110, not 100.")
    agency.fill({"Points, row 3": "20"}).press("Check the documents")
    town.person("chen").do("Confirm the tender documents", {"Decision": "Confirm"}, "Record the decision")
    public.go("/portal").follow("Infusion pumps").sees("open for bids")


# -- from the notice to the opening


def register(town: Town) -> Person:
    """A supplier whom nobody knows registers from the sign-in page; the registrar accepts it."""
    supplier, registrar = town.person("tian"), town.person("gao")
    supplier.page.goto("/sign-in")
    supplier.follow("register")
    for condition in supplier.page.locator("input[name=conditions]").all():
        condition.check()
    supplier.fill(
        {
            "Unified social credit code": "91510700MA6C7J970X",
            "Name in Chinese, as registered": "天衡医疗设备有限公司",
            "Name in English": "Tianheng Medical Equipment Ltd",
            "Legal representative": "田衡",
            "Size of the company, as you declare it": "small",
            "Address": "江城市科技路9号",
            "Contact person": "田野",
            "Telephone": "0816-3000099",
            "Name": "田野 Tian Ye",
            "Sign-in name": "tian",
            "Email address": "tian@tianheng.example",
        }
    )
    supplier.press("Register", refused=True).sees("is not a unified social credit code")
    supplier.fill({"Unified social credit code": "91510700MA6C7J9707"}).press("Register")
    supplier.follow("set your password here")
    supplier.password = "lantern-over-the-river-8"
    supplier.fill({"New password": supplier.password, "Confirm password": supplier.password})
    supplier.press("Set the password")
    registrar.go("/registrations").follow("Tianheng").fill({"Decision": "Accept"}).press("Decide")
    return supplier


def ask(town: Town, supplier: Person) -> None:
    """The supplier takes the documents and asks; the answer stands on the portal, without its name."""
    supplier.go("/supplier/tenders").follow("Infusion pumps").press("Get the tender documents")
    supplier.fill({"Enquire about the tender documents": "投标产品是否须含安装支架？"}).press(
        "Send enquiry without your name"
    )
    answer = {
        "Answer": "须含安装支架，费用计入投标报价。",
        "Does this answer change anything in the tender documents": "No, it only explains them",
    }
    town.person("sun").do("Answer the enquiry", answer, "Send the answer to all suppliers")
    portal = town.person(None).go("/portal").follow("Infusion pumps")
    portal.sees("投标产品是否须含安装支架？", "须含安装支架")
    assert "天衡" not in portal.words
    assert "Tianheng" not in portal.words


def write(supplier: Person, price: int, evidence: Path) -> Person:
    """A first bid, up to its check."""
    supplier.go("/supplier/tenders").follow("Infusion pumps").follow("Prepare a bid")
    return fill_in(supplier, price, evidence)


def fill_in(supplier: Person, price: int, evidence: Path) -> Person:
    """A bid for twenty monitors, with a file for each requirement that asks for one, up to its check."""
    supplier.fill({"Unit price of": price, "Total price of the bid": price * 20})
    for response in supplier.page.get_by_label("What you offer").all():
        response.fill("完全响应招标文件要求。")
    for declaration in supplier.page.locator("input[name=declarations]").all():
        declaration.check()
    for file in supplier.page.locator("#bid [data-upload-url] input[type=file]").all():
        file.set_input_files(evidence)
    return supplier.press("Continue to the check").sees("完全响应招标文件要求。", evidence.name)


def submit_one(town: Town, evidence: Path, folder: Path) -> Person:
    """One bid is in before the documents change; its receipt is kept, and genuine to anybody."""
    supplier = write(town.person("kang"), 42_000, evidence)
    supplier.keep("Download a copy", folder / "copy.tar")
    supplier.press("Seal and submit").sees("Your bid has been sealed and received.")
    supplier.keep("Save the receipt (JSON)", folder / "receipt.json")
    public = town.person(None).go("/portal").follow("Verify", within="nav")
    public.fill({"or its file": folder / "receipt.json"}).press("Check").sees("This receipt is genuine.")
    return supplier


def change(town: Town, early: Person) -> None:
    """A change in the last fifteen days moves the deadline by itself; the bid that was in must be confirmed again."""
    public = town.person(None).go("/portal").follow("Infusion pumps")
    former = DEADLINE.search(public.words)
    agency = town.person("sun").go("/tenders").follow("Infusion pumps")
    for _ in range(12):
        agency.turn("+1 day")
    agency.follow("Correct the tender documents").fill(
        {
            "Reasons, as they are published": "根据供应商提问明确安装支架要求。",
            "Requirement (Chinese), row 4": "提供安装支架及安装、培训、维护服务，服务方案写明人员、步骤和时间。",
        }
    )
    agency.press("Preview the correction").sees("The deadline would move to")
    moved = DEADLINE.search(agency.words.partition("The deadline would move to")[2])
    assert former
    assert moved
    assert former[0] != moved[0]
    agency.press("Publish the correction", sure="Publish the correction")
    public.go("/portal").follow("Infusion pumps").sees(moved[0], "安装支架")
    early.go("/supplier").sees("Must be confirmed").follow("Infusion pumps")
    early.press("Confirm the bid without changes", sure="Confirm the bid without changes").sees(
        "Your bid remains valid"
    )


def pay_bonds(town: Town, payers: list[Person]) -> None:
    """Each pays at the demonstration's bank; its statement tells which arrived, and to the agency not whose."""
    for payer in payers:
        payer.go("/supplier/tenders").follow("Infusion pumps").follow("Bond").press("Get the payment reference")
        payer.press("Pay this bid bond").sees("The demonstration bank has paid it")
    agency = town.person("sun").go("/bonds").sees(f"{len(payers)} payments came in since the last statement.")
    agency.press("Import the bank's statement of today").sees("New credits:")
    assert "Kangyuan" not in agency.words
    payers[0].go("/supplier/tenders").follow("Infusion pumps").follow("Bond").sees("Arrived at (by the bank)")


def guarantee(supplier: Person, letter: Path) -> None:
    """A letter of guarantee instead; one that is too short is refused."""
    supplier.go("/supplier/tenders").follow("Infusion pumps").follow("Bond")
    supplier.fill(
        {
            "Number of the letter of guarantee": "G-2026-7",
            "Issued by": "江城银行",
            "Amount (yuan)": "18000",
            "Valid until": "2026-07-10",
            "File of the letter of guarantee": letter,
        }
    )
    supplier.press("Submit the letter of guarantee", refused=True)
    supplier.fill({"Valid until": "2026-12-31", "File of the letter of guarantee": letter}).press(
        "Submit the letter of guarantee"
    )


def submit_all(town: Town, newcomer: Person, evidence: Path) -> None:
    """One replaces its bid before the deadline, one withdraws."""
    replaced, withdrawn = town.person("shuang"), town.person("an")
    write(newcomer, 41_000, evidence).press("Seal and submit")
    write(replaced, 44_500, evidence).press("Seal and submit").follow("Replace the bid")
    fill_in(replaced, 44_000, evidence).sees("This replaces the bid").press("Seal and submit")
    write(withdrawn, 43_000, evidence).press("Seal and submit")
    withdrawn.press("Withdraw", sure="Withdraw").sees("Withdrawn")


# -- from the opening to the award


def open_bids(town: Town) -> None:
    """At the deadline the bids open by themselves; the host signs the record."""
    town.person(None).go("/portal").turn_to("Bid deadline").sees("were opened")
    town.person("he").do(
        "Sign the opening record", {"The record is a true account of the opening": True}, "Sign the record"
    )


def form_committee(town: Town) -> list[Person]:
    """The buyer's representative, the draw, the calls: one expert can't come, another is drawn."""
    town.person("zhou").do("Appoint the buyer's representative", {"Representative": "郑丽"}, "Appoint")
    town.person("sun").do(
        "Set the conditions of the draw", {"Fields of expertise": ["medical equipment"]}, "Set the conditions"
    )
    first, *others = _with(town, "Answer the invitation")
    secrecy = {"I will keep the evaluation confidential": True}
    serve = {"Will you take part?": "Yes, I will take part"} | secrecy
    first.do(
        "Answer the invitation",
        {"Will you take part?": "No, I cannot take part", "Reason": "出差在外。"} | secrecy,
        "Answer",
    )
    for expert in others:
        expert.do("Answer the invitation", serve, "Answer")
    for expert in _with(town, "Answer the invitation"):
        expert.do("Answer the invitation", serve, "Answer")
    town.person("sun").take("Review the qualifications").check_all("Met").press("Record the review")
    return _with(town, "Review the compliance")


def evaluate(town: Town, members: list[Person]) -> None:
    """Each member reviews, scores on their own, and signs the report."""
    for member in members:
        member.take("Review the compliance").check_all("Met").press("Record my review")
    for member in members:
        member.take("Score the bids")
        for name, points in (("Technical response", 40), ("Service plan", 16)):
            of_each_bid = member.page.locator("main").get_by_label(re.compile(f"^Points, .*: {name}$"))
            assert of_each_bid.count() > 1
            for points_of in of_each_bid.all():
                points_of.fill(str(points))
        member.press("Submit and seal my scores")
    for member in members:
        member.do("Sign the evaluation report", {"Decision": "I agree"}, "Sign the report")


def award(town: Town, winner: Person) -> None:
    """The buyer confirms; the result is on the portal, each bidder has its own letter; a query is answered."""
    town.person("zhou").take("Confirm the winning bidder").press("Confirm the winning bidder")
    result = town.person(None).go("/portal/results").follow("Infusion pumps")
    result.sees("Tianheng Medical Equipment Ltd", "820,000.00")
    winner.go("/my-results").follow("Infusion pumps").sees("You are the winning bidder for this lot.")
    loser = town.person("kang").go("/my-results").follow("Infusion pumps").sees("Your bid was not successful.")
    loser.follow("Make a challenge").fill(
        {
            "What do you challenge?": "评审依据不明",
            "Facts": "技术响应评分未说明依据。",
            "What do you request?": "请说明评分依据。",
            "Contact person and details": "康宁 0816-3000002",
        }
    )
    loser.press("Send the challenge")
    town.person("sun").do(
        "Answer the challenge",
        {"Outcome": "Not upheld", "Answer": "评分依据招标文件的评分标准，无误。"},
        "Send the answer",
    )
    town.person("sun").do(
        "Return unsuccessful bidders' bid bonds", {"Return the bonds as listed": True}, "Create the payment file"
    )
    town.person(None).go("/portal").turn_to("Challenge period ends")


# -- from the contract to the payment


def conclude(town: Town, winner: Person) -> None:
    """Both sign; what is secret isn't published."""
    buyer = town.person("wu")
    winner.do("Sign the contract as supplier", {"I have read the contract": True}, "Sign the contract")
    buyer.do("Sign the contract as buyer", {"I have read the contract": True}, "Sign the contract")
    buyer.take("Publish and file the contract")
    buyer.page.get_by_role("group", name=re.compile("Clauses with")).get_by_role("checkbox").last.check()
    buyer.fill({"Why they are secret": "涉及供应商商业秘密。"}).press("Publish and file the contract")
    town.person(None).go("/portal/contracts").follow("Infusion pumps").sees("Tianheng Medical Equipment Ltd")


def perform(town: Town, winner: Person, invoice: Path) -> None:
    """Delivered, accepted, invoiced, checked, approved, paid; the case is closed."""
    buyer, payer = town.person("wu"), town.person("zheng")
    for _ in range(3):
        winner.turn("+1 day")
    winner.go("/inbox").follow("Submit the performance bond").follow("Submit the bond")
    winner.fill({"Number of the document": "LYBH-1", "Bank or guarantor": "江城银行", "Valid until": "2029-12-31"})
    winner.press("Submit the bond")
    winner.do("Report the delivery", {"What was delivered": "输液泵20台及安装支架已交付。"}, "Report the delivery")
    buyer.take("Accept the delivery").check_all("Met")
    for evidence in buyer.page.get_by_label(re.compile("^Evidence, row")).all():
        evidence.fill("现场清点、试运行记录")
    buyer.fill({"Feedback on the supplier": "Very good"}).press("Record the acceptance")
    winner.take("Apply for payment").fill({"Invoice number": "25512000000000000001", "Invoice": invoice})
    winner.press("Apply for payment", refused=True).sees("Fill in “Bank account to pay”.", invoice.name)
    winner.fill({"Bank account to pay": "江城银行 6222000000000099"}).press("Apply for payment")
    payer.do("Check the payment application", {"Decision": "In order"}, "Record the decision")
    town.person("liu").do(
        "Approve the payment", {"The invoice, contract and acceptance match": True}, "Approve the payment"
    )
    town.person("bai").do("Pay", {"Bank reference": "TREASURY-1"}, "Record the payment")
    town.person("chen").go("/cases").follow("Infusion pumps").sees("Completed")


def number_on(person: Person) -> str:
    """The number of a procurement, as a page says it."""
    found = NUMBER.search(person.words)
    assert found, person.words
    return found[0]


def _with(town: Town, task: str) -> list[Person]:
    """Who has such a task: the draw is secret, and a stranger looks into the inboxes for whom the sign-in page says that
    something waits."""
    cards = town.person(None).go("/sign-in").page.locator(".tw-people button")
    waited_for = cards.filter(has=town.person(None).page.locator(".tw-people__waits"))
    logins = waited_for.locator(".tw-people__name .tw-people__role").all_text_contents()
    people = [town.person(login.strip()).go("/inbox") for login in logins]
    return [person for person in people if person.rows(task, town.number).count()]

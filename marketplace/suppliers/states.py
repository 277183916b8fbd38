"""Kinds and states of suppliers and papers, and the verbs between the states."""

from enum import StrEnum

from marketplace.kernel.actor import Role
from marketplace.kernel.machine import Machine, step


class SupplierKind(StrEnum):
    """Who sells; each kind carries its own beginning of the credit code (see rules)."""

    COMPANY = "company"
    COOPERATIVE = "cooperative"
    COLLECTIVE = "collective"
    FAMILY_FARM = "family_farm"
    HOUSEHOLD = "household"
    TRADER = "trader"  # sells on commission for growers that it names


class PaperKind(StrEnum):
    """What is handed in; what each kind asks for stands in paper_kinds.toml."""

    LICENCE = "licence"  # 营业执照
    COLLECTIVE_REGISTRATION = "collective_registration"  # 农村集体经济组织登记证
    FOOD_PRODUCTION = "food_production"  # 食品生产许可证
    FOOD_TRADE = "food_trade"  # 食品经营许可证
    FOOD_TRADE_FILING = "food_trade_filing"  # 仅销售预包装食品备案
    SMALL_WORKSHOP = "small_workshop"  # 小作坊登记证
    INSPECTION_REPORT = "inspection_report"  # 检验报告; its end is 平台采信至
    AUTHORITY = "authority"  # 授权委托书, with the agent's identity
    INTEGRITY_COMMITMENT = "integrity_commitment"  # 质量和诚信承诺书
    CONFLICT_STATEMENT = "conflict_statement"  # 利益冲突声明
    GREEN = "green"  # 绿色食品证书
    ORGANIC = "organic"  # 有机产品认证证书
    GEOGRAPHICAL_INDICATION = "geographical_indication"  # 地理标志
    TRADEMARK = "trademark"  # 商标注册证
    BRAND_AUTHORISATION = "brand_authorisation"  # 品牌授权书
    CONTRACT_MAKING = "contract_making"  # 委托生产协议
    AIDED_PRODUCT = "aided_product"  # 帮扶产品认定
    LINKED_FARMERS = "linked_farmers"  # 联农带农说明
    BANK_ACCOUNT = "bank_account"  # 银行账户证明, in the licence's name
    COUNTY_RECOMMENDATION = "county_recommendation"  # 县级推荐函
    ORIGIN_PROOF = "origin_proof"  # 产地证明
    CONFORMITY_COMMITMENT = "conformity_commitment"  # 承诺达标合格证, never shortened
    ANIMAL_QUARANTINE = "animal_quarantine"  # 动物检疫合格证明
    MEAT_INSPECTION = "meat_inspection"  # 肉品品质检验合格证


class PaperScope(StrEnum):
    """What a paper of a kind is about: `Paper.goods_id` names the listing or the batch."""

    SUPPLIER = "supplier"
    PRODUCT = "product"
    BATCH = "batch"


class HolderRule(StrEnum):
    """How the holder on the paper stands to the supplier's legal name."""

    EQUAL = "equal"  # must be the same
    CHAIN = "chain"  # or somebody who authorised the supplier by another paper
    ANY = "any"  # not compared


class ApplicationStep(StrEnum):
    """The steps of an application, in their order; each is saved on its own."""

    ENTITY = "entity"  # 主体
    CONTACT = "contact"  # 地址与联系人
    STORY = "story"  # 故事与运费
    GROWERS = "growers"  # 种养主体, of a trading firm alone
    PAPERS = "papers"  # 证照
    DECLARE = "declare"  # 声明与承诺
    CHECK = "check"  # 核对并提交


class GrowerKind(StrEnum):
    """For whom a trading firm sells."""

    FARMER = "farmer"  # 种养农户, without a credit code
    COOPERATIVE = "cooperative"
    COLLECTIVE = "collective"
    FAMILY_FARM = "family_farm"
    COMPANY = "company"


class GrowerLink(StrEnum):
    """By which agreement it sells for them."""

    COMMISSION = "commission"  # 委托代销
    PURCHASE = "purchase"  # 订单收购
    LEASE = "lease"  # 土地流转后雇工
    SHARE = "share"  # 入股分红


class EntityChangeState(StrEnum):
    """Of a change of who a supplier is, after it was let in."""

    PROPOSED = "proposed"  # the old facts stand
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class AccountState(StrEnum):
    """Of an account that a supplier wants to be paid to."""

    PROPOSED = "proposed"  # nothing is paid out until a second person has looked
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # by the one that was confirmed after it


class Processing(StrEnum):
    """How far from the field a good is; what papers it needs follows from it."""

    RAW = "raw"  # 原样
    GRADED = "graded"  # 清洗分级
    DRIED = "dried"  # 干制
    CUT = "cut"  # 切分
    DEEP = "deep"  # 深加工


class Packaging(StrEnum):
    BULK = "bulk"  # 散装
    PREPACKED = "prepacked"  # 预包装


class Maker(StrEnum):
    OWN = "own"  # 自产
    CONTRACT = "contract"  # 委托生产
    COMMISSION = "commission"  # 代销


class SupplierState(StrEnum):
    DRAFT = "draft"  # the supplier is still collecting papers
    SUBMITTED = "submitted"  # waits for a reviewer, who checks it (经办)
    CHECKED = "checked"  # waits for a second reviewer, who confirms it (复核)
    RETURNED = "returned"  # the reviewer asked for more, and said what
    APPROVED = "approved"  # may sell while its papers are valid
    SUSPENDED = "suspended"  # stopped by a reviewer, with the reason


class PaperState(StrEnum):
    PENDING = "pending"  # counts for nothing yet
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REPLACED = "replaced"  # corrected by a later submission before anybody decided
    REVOKED = "revoked"  # accepted, then found wrong: counts for nothing from that instant on


class LookupResult(StrEnum):
    """What an outside register said."""

    CLEAN = "clean"  # nothing against the supplier, and the entry agrees with its papers
    NOTED = "noted"  # something to keep in mind
    HIT = "hit"  # asks for a decision


class HitVerdict(StrEnum):
    """What was decided about a hit."""

    CARRY_ON = "carry_on"  # it does not stand against selling
    SUSPEND = "suspend"  # nothing is sold until somebody restores the supplier


class WaiverState(StrEnum):
    PROPOSED = "proposed"  # by one reviewer; counts for nothing yet
    GRANTED = "granted"  # confirmed by another
    ENDED = "ended"  # taken back, or never confirmed


class DeclarationState(StrEnum):
    PASSED = "passed"  # every answer is as it must be
    PENDING = "pending"  # some answer asks for a reviewer's judgement
    ACCEPTED = "accepted"  # judged good
    REFUSED = "refused"  # by a reviewer, or at once: with such an answer nothing can be sold
    REPLACED = "replaced"  # declared anew before anybody decided


_STAFF = {Role.SUPPLIER_STAFF}
_REVIEWER = {Role.REVIEWER}
_OWNER = {Role.SUPPLIER_OWNER}
_S = SupplierState
_P = PaperState

SUPPLIER = Machine(
    step("submit", {_S.DRAFT, _S.RETURNED}, _S.SUBMITTED, by=_STAFF),
    step("check", {_S.SUBMITTED}, _S.CHECKED, by=_REVIEWER),
    step("approve", {_S.CHECKED}, _S.APPROVED, by=_REVIEWER),
    step("return", {_S.SUBMITTED, _S.CHECKED}, _S.RETURNED, by=_REVIEWER, needs_note=True),
    step("suspend", {_S.APPROVED}, _S.SUSPENDED, by=_REVIEWER, needs_note=True),
    step("restore", {_S.SUSPENDED}, _S.APPROVED, by=_REVIEWER, needs_note=True),
)

PAPER = Machine(
    step("accept", {_P.PENDING}, _P.ACCEPTED, by=_REVIEWER),
    step("refuse", {_P.PENDING}, _P.REFUSED, by=_REVIEWER, needs_note=True),
    step("replace", {_P.PENDING}, _P.REPLACED, by=_STAFF),  # by handing in a correction
    step("revoke", {_P.ACCEPTED}, _P.REVOKED, by=_REVIEWER, needs_note=True),
)

_C = EntityChangeState

CHANGE = Machine(
    step("approve", {_C.PROPOSED}, _C.APPROVED, by=_REVIEWER),
    step("refuse", {_C.PROPOSED}, _C.REFUSED, by=_REVIEWER, needs_note=True),
    step("withdraw", {_C.PROPOSED}, _C.WITHDRAWN, by=_OWNER),
)

_A = AccountState

ACCOUNT = Machine(
    step("confirm", {_A.PROPOSED}, _A.CONFIRMED, by=_OWNER | _REVIEWER),
    step("refuse", {_A.PROPOSED}, _A.REFUSED, by=_OWNER | _REVIEWER, needs_note=True),
    step("withdraw", {_A.PROPOSED}, _A.WITHDRAWN, by=_OWNER),
    step("replace", {_A.CONFIRMED}, _A.REPLACED, by={Role.SYSTEM}),
)

_W = WaiverState

WAIVER = Machine(
    step("confirm", {_W.PROPOSED}, _W.GRANTED, by=_REVIEWER),
    step("end", {_W.PROPOSED, _W.GRANTED}, _W.ENDED, by=_REVIEWER, needs_note=True),
)

_D = DeclarationState

DECLARATION = Machine(
    step("accept", {_D.PENDING}, _D.ACCEPTED, by=_REVIEWER),
    step("refuse", {_D.PENDING}, _D.REFUSED, by=_REVIEWER, needs_note=True),
    step("replace", {_D.PENDING}, _D.REPLACED, by=_STAFF),  # by declaring anew
)

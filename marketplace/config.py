"""Every setting of the marketplace, typed, with its default and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from marketplace.kernel.errors import MarketplaceError

PREFIX = "MARKETPLACE_"
CHOICES = {  # the first is the default
    "settlement_period": ("month", "half_month"),
    "collection": ("platform", "direct"),
}


class Misconfigured(MarketplaceError):
    """The application cannot start; `problems` lists everything that is wrong, in words."""

    status = 500
    code = "misconfigured"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__()
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(self.problems)


@dataclass(frozen=True, slots=True)
class Config:
    """Read once from `app.config["MARKETPLACE_…"]`."""

    data: Path = Path("var/data")  # folder of the embedded database, index and papers
    database_url: str = ""  # empty: SQLite in the data folder
    pg_bin: str = ""  # folder of pg_dump and pg_restore; empty: found on the path
    anchor: str = ""  # file of the trail's anchors; empty: trail.anchor in the data folder
    layout: str = "marketplace/layout.html"  # the template that carries our pages
    layout_block: str = "content"  # the block of a host's layout that our pages fill
    search: str = "whoosh"  # names from the entry-point groups marketplace.*
    storage: str = "files"
    s3_bucket: str = ""  # storage = "s3": a private bucket that keeps the papers
    s3_prefix: str = ""  # before every key, for a bucket that keeps other things too
    s3_endpoint: str = ""  # https://… of a service that speaks S3; empty: Amazon's own
    s3_region: str = ""
    s3_key_id: str = ""  # empty: as the machine's own role or surroundings say
    s3_secret: str = field(default="", repr=False)
    s3_secret_file: str = ""  # instead of the secret: a file that holds it
    s3_timeout_seconds: int = 20
    public_url: str = ""  # "https://shop.example", as buyers type it: where a gateway sends them
    payments: str = "offline_card"
    stripe_key: str = field(default="", repr=False)  # payments = "stripe": sk_… or rk_…
    stripe_key_file: str = ""  # instead of the key: a file that holds it
    stripe_webhook_secret: str = field(default="", repr=False)  # whsec_…
    stripe_webhook_secret_file: str = ""  # instead of the secret: a file that holds it
    stripe_account: str = ""  # acct_…: money of another account counts for nothing
    stripe_live: bool = False  # real money; otherwise money of the test mode, and nothing else
    stripe_methods: str = "card"  # what the account may take: "card,alipay,wechat_pay"
    stripe_timeout_seconds: int = 20
    stripe_api: str = "https://api.stripe.com"
    stripe_page: str = "https://checkout.stripe.com"  # or a domain of one's own for its pages
    mail: str = "offline"
    sms: str = "offline"
    smtp_host: str = ""  # mail = "smtp": the server that takes our letters
    smtp_port: int = 587
    smtp_security: str = "starttls"  # or "tls" from the first byte, or "none" on a trusted line
    smtp_user: str = ""  # empty: the server asks for none
    smtp_password: str = field(default="", repr=False)
    smtp_password_file: str = ""  # instead of the password: a file that holds it
    smtp_from: str = ""  # "直通车 <noreply@shop.example>"
    smtp_timeout_seconds: int = 20
    breached_passwords: str = ""  # a file of leaked passwords: sorted SHA-1 sums, see docs/doors.md
    demo: bool = False  # show the demonstration people and the offline card
    upload_bytes: int = 10 * 1024 * 1024  # one uploaded file
    review_lease_minutes: int = 30  # a claimed task of the desk is one reviewer's for so long
    review_workdays: int = 2  # promised for a decision about a good
    green_review_workdays: int = 1  # the same in the green channel, see docs/clock.md
    price_distance_percent: int = 50  # so far from the category's median a price needs a reason
    price_sample: int = 3  # of so many suppliers' goods there is a median to compare with
    price_rise_percent: int = 10  # by so much a price may rise without a reviewer
    card_hold_minutes: int = 30  # stock held for a card payment
    transfer_hold_workdays: int = 15  # working days that stock is held for a bank transfer
    # working days after acceptance in which an organisation may pay; 0: it pays before
    after_acceptance_workdays: int = 0
    completion_days: int = 15  # calendar days after shipping: taken as received without objection
    address_days: int = 180  # after the last order of a purchase ended: who got it is forgotten
    settlement_period: str = "month"  # of one supplier's statement; or "half_month"
    credit_cards: str = ""  # a file of rule cards for credit; empty: the packaged ones
    settlement_fees: str = ""  # a file of fees; empty: the packaged one, which asks nothing
    statement_draft_days: int = (
        1  # calendar days for a manager to look before the supplier is asked
    )
    statement_answer_days: int = 7  # the same for the supplier: whoever says nothing agrees
    plan_invoices: int = 3  # more suppliers in a plan are pointed out: some unions take no more
    invoice_workdays: int = 5  # working days for a supplier to issue an invoice or a red one
    payout_pause_days: int = 3  # calendar days between a new payout account and payouts to it
    # who takes the money of organisations: "platform", or "direct": each supplier his own
    collection: str = "platform"
    # by which law or contract we may collect for suppliers; without one nothing is sold that
    # way
    collection_basis: str = ""
    bank_layouts: str = ""  # a file of banks' statement layouts; empty: the packaged ones
    # where bank transfers go: holder, bank, number
    collection_account: str = "直通车代收专户（示例），示例银行，账号 0000 0000 0000"

    @property
    def url(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'marketplace.sqlite').absolute()}"

    @property
    def sends_sms(self) -> bool:
        """Whether a code reaches a phone: the stand-in carries nothing but in the demonstration."""
        return self.demo or self.sms != "offline"

    @property
    def sends_mail(self) -> bool:
        """Whether a link reaches a mailbox."""
        return self.demo or self.mail != "offline"

    @property
    def pays_direct(self) -> bool:
        """Whether an organisation's money goes to each supplier's own account, and not to us."""
        return self.collection == "direct"

    @property
    def offers_after_acceptance(self) -> bool:
        """Whether an organisation may pay once it has the goods; where it pays each supplier
        directly the two agree on that themselves."""
        return self.after_acceptance_workdays > 0 and not self.pays_direct

    @property
    def may_collect(self) -> bool:
        """Whether the basis on which we take money for suppliers is on record; in the demonstration
        no money is taken."""
        return self.demo or bool(self.collection_basis.strip())

    def unsold(self) -> tuple[str, ...]:
        """Why nothing can be bought, with what to set."""
        if self.may_collect:
            return ()
        line = (
            f"{PREFIX}COLLECTION_BASIS is empty: the marketplace collects for suppliers, so "
            "nothing can be bought before the law or contract that allows it is on record there"
        )
        if self.pays_direct:
            line = (
                f"{PREFIX}COLLECTION_BASIS is empty: organisations pay suppliers directly, persons "
                "can buy nothing, because their money would come to us"
            )
        return (line,)

    def unsent(self) -> tuple[str, ...]:
        """What is not offered for want of a carrier, each with what to set."""
        lines = []
        if not self.sends_sms:
            lines.append(
                f"{PREFIX}SMS is offline: nobody can sign in, register or reset a password by SMS; "
                "set it to the adapter of a carrier"
            )
        if not self.sends_mail:
            lines.append(
                f"{PREFIX}MAIL is offline: nobody can reset a password by mail; set it to smtp"
            )
        return tuple(lines)

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> Config:
        """From a host's settings. Raises Misconfigured with every fault at once."""
        known = {f.name: f for f in fields(cls)}
        given = {
            key.removeprefix(PREFIX).lower(): value
            for key, value in settings.items()
            if key.startswith(PREFIX)
        }
        problems = [f"unknown setting {PREFIX}{k.upper()}" for k in given if k not in known]
        if isinstance(given.get("data"), str):
            given["data"] = Path(str(given["data"]))
        for key, value in given.items():
            if key not in known:
                continue
            wanted = Path if key == "data" else type(known[key].default)
            if not isinstance(value, wanted):
                problems.append(f"{PREFIX}{key.upper()} has the wrong type: {value!r}")
        block = given.get("layout_block", "content")
        if not str(block).isidentifier():
            problems.append(f"{PREFIX}LAYOUT_BLOCK is no name of a block: {block!r}")
        problems += [
            f"{PREFIX}{name.upper()} is one of {', '.join(allowed)}"
            for name, allowed in CHOICES.items()
            if given.get(name, allowed[0]) not in allowed
        ]
        if problems:
            raise Misconfigured(tuple(problems))
        return cls(**given)  # type: ignore[arg-type]  # each type was compared just above

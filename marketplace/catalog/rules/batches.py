"""What papers a batch must have before it leaves, as data: batch_papers.toml."""

from __future__ import annotations

from importlib import resources

from pydantic import Field

from marketplace.catalog.rules.goods import categories
from marketplace.suppliers.rules.kinds import kinds_for
from marketplace.suppliers.rules.reading import BrokenFile, Row, entries, line_of
from marketplace.suppliers.states import PaperKind, PaperScope, Processing

FILE = "batch_papers.toml"
LONGEST_NUMBER = 40  # signs of a batch's number


class BatchPaperRule(Row):
    """Goods of these shelves, so far from the field, whose title fits need these papers, batch by
    batch."""

    categories: tuple[str, ...] = Field(min_length=1)
    processing: tuple[Processing, ...] = Field(min_length=1)
    words: tuple[str, ...] = ()
    papers: tuple[PaperKind, ...] = Field(min_length=1)
    source: str = Field(min_length=1)

    def fits(self, category: str, title: str, processing: Processing) -> bool:
        told = title.casefold()
        return (
            category in self.categories
            and processing in self.processing
            and (not self.words or any(word in told for word in self.words))
        )


def rules_of(text: str, name: str = FILE) -> tuple[BatchPaperRule, ...]:
    """All rules in their order. Raises BrokenFile, also for an unknown shelf or a paper that is not
    about a batch."""
    found = entries(name, text, "rule", BatchPaperRule)
    shelves = {known.slug for known in categories()}
    for number, rule in enumerate(found):
        if unknown := sorted(set(rule.categories) - shelves):
            line = line_of(text, "rule", (number, "categories"))
            raise BrokenFile(name, line, f"no category {unknown[0]}")
        if wrong := sorted(set(rule.papers) - set(kinds_for(PaperScope.BATCH))):
            line = line_of(text, "rule", (number, "papers"))
            raise BrokenFile(name, line, f"{wrong[0]} is no paper of a batch")
    return found


BATCH_PAPERS = rules_of(resources.files("marketplace.catalog").joinpath(FILE).read_text("utf-8"))


def batch_papers(category: str, title: str, processing: Processing) -> tuple[PaperKind, ...]:
    """The kinds of papers that each batch of such a good must have; none for most."""
    fitting = (rule for rule in BATCH_PAPERS if rule.fits(category, title, processing))
    return tuple(dict.fromkeys(kind for rule in fitting for kind in rule.papers))

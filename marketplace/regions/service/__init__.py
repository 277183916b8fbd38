"""The writers of places: packaged facts, lists in versions, villages."""

from marketplace.regions.rules.tables import BrokenData
from marketplace.regions.service.deciding import confirm, discard
from marketplace.regions.service.loading import Loaded, facts_are_loaded, load_facts
from marketplace.regions.service.proposing import (
    ListRefused,
    NewList,
    Proposal,
    add_list,
    propose_again,
    propose_counties,
    propose_file,
)
from marketplace.regions.service.villages import add_village

__all__ = [
    "BrokenData",
    "ListRefused",
    "Loaded",
    "NewList",
    "Proposal",
    "add_list",
    "add_village",
    "confirm",
    "discard",
    "facts_are_loaded",
    "load_facts",
    "propose_again",
    "propose_counties",
    "propose_file",
]

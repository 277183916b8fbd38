"""The writers of places: facts from the packaged tables, and villages."""

from marketplace.regions.rules.tables import BrokenData
from marketplace.regions.service.loading import Loaded, load_facts
from marketplace.regions.service.villages import add_village

__all__ = ["BrokenData", "Loaded", "add_village", "load_facts"]

"""The demonstration: sixty days of an invented bank, its unions and six sellers, played through
the services on a clock that walks. What happens is data beside this file; how it is played, code.
"""

from marketplace.commands.demo.building import DATABASE, DoesNotAddUp, build
from marketplace.commands.demo.script import People, Person, people

__all__ = ["DATABASE", "DoesNotAddUp", "People", "Person", "build", "people"]

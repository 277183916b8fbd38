"""What is sold: listings of qualified suppliers, imported or typed, checked by somebody else.

A listing is drafted, submitted, then on sale or returned. Whether it may be *seen* is one
predicate (`queries.visible`): on sale, supplier in force, origin on a list, at the instant asked.
"""

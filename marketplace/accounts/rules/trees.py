"""Where an organisation stands in the tree, as a path of ids."""

from __future__ import annotations

import uuid

from marketplace.kernel.errors import Invalid

DEEPEST_PATH = 800  # characters of Organisation.path


def path_below(above: str, new_id: uuid.UUID) -> str:
    """Raises Invalid when the tree would be too deep."""
    path = f"{above}{new_id}/"
    if len(path) > DEEPEST_PATH:
        raise Invalid("tree_too_deep", field="parent_id")
    return path

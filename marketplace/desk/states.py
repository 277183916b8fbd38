"""Who reads a note of a reviewer."""

from enum import StrEnum


class Audience(StrEnum):
    INTERNAL = "internal"  # reviewers, auditors and managers alone
    EXTERNAL = "external"  # the supplier too

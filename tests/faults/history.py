"""What clients were told, written down as it happens, and compared afterwards with what is there.

The manner is Jepsen's: whoever asks for something writes `invoke` before it and `ok` or `fail`
after it; an invocation without an end is *unknown*, as for somebody whose line broke. Then:
everything told ok is there exactly once, everything told fail is not there, everything unknown is
there at most once, and nothing is there that nobody asked for.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

INVOKE, OK, FAIL = "invoke", "ok", "fail"


@dataclass(frozen=True)
class Verdict:
    """Counts of keys; all is well when the four last are nought."""

    tried: int
    ok: int
    failed: int
    unknown: int
    survived: int  # unknown, and there
    lost: int  # told ok, and not there
    doubled: int  # there more than once
    ghosts: int  # told fail, and there
    strangers: int  # there, and nobody asked

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.doubled or self.ghosts or self.strangers)


class History:
    """One file of JSON lines, written by many threads of one process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()

    def note(self, what: str, key: str, client: str = "") -> None:
        line = json.dumps({"what": what, "key": key, "client": client}) + "\n"
        with self._turn, self.path.open("a", encoding="utf-8") as file:
            file.write(line)

    def ended(self) -> dict[str, str]:
        """How each key ended; `invoke` for one whose end nobody was told. Once told ok or fail, a
        later try with the same key that broke takes nothing back."""
        found: dict[str, str] = {}
        for line in self.path.read_text("utf-8").splitlines():
            said = json.loads(line)
            if said["what"] != INVOKE or said["key"] not in found:
                found[said["key"]] = said["what"]
        return found

    def unknown(self) -> dict[str, str]:
        """The keys whose end nobody was told, each with the client who sent it."""
        open_ = {key for key, what in self.ended().items() if what == INVOKE}
        lines = map(json.loads, self.path.read_text("utf-8").splitlines())
        return {said["key"]: said["client"] for said in lines if said["key"] in open_}

    def compared(self, there: Mapping[str, int]) -> Verdict:
        """`there`: how often each key is found in the end."""
        ended = self.ended()
        counts = Counter(ended.values())
        of = {what: [key for key in ended if ended[key] == what] for what in (INVOKE, OK, FAIL)}
        return Verdict(
            tried=len(ended),
            ok=counts[OK],
            failed=counts[FAIL],
            unknown=counts[INVOKE],
            survived=sum(there.get(key, 0) > 0 for key in of[INVOKE]),
            lost=sum(there.get(key, 0) == 0 for key in of[OK]),
            doubled=sum(count > 1 for count in there.values()),
            ghosts=sum(there.get(key, 0) > 0 for key in of[FAIL]),
            strangers=sum(key not in ended for key in there),
        )

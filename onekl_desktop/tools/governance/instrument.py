"""The questions: an instrument is a table with a version, and a question's code is never used for another wording."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from onekl_desktop.base.data import find_folder

INSTRUMENT, VERSION = "onekl_short", "1"
HIGHEST = 3


@dataclass(frozen=True)
class Question:
    """A question with its four anchors, 0 (absent) to 3 (working and trusted)."""

    code: str
    dimension: str
    text: str
    anchors: tuple[str, str, str, str]


def read_questions() -> list[Question]:
    """The questions of the instrument in their order, in English; shown through the translations."""
    path = find_folder("resources") / "catalogues" / "governance.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Question(row["code"], row["dimension"], row["question"], (row["absent"], row["starting"], row["working"], row["trusted"]))
            for row in csv.DictReader(stream)
        ]  # fmt: skip

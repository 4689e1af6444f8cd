"""From what a goal is about to the codes of the frameworks that funders and governments ask for.

The pairs are ours, read from the wording of the targets: Sustainable Development Goals (A/RES/71/313), Kunming-Montreal Global
Biodiversity Framework (CBD/COP/DEC/15/4) with the Aichi targets that it followed (CBD COP X/2), Paris Agreement articles, Bonn
Challenge, land degradation neutrality (UNCCD), Malabo commitments (African Union 2014), and LandScale's public indicator numbers.
"""

from __future__ import annotations

import csv
import re
from functools import cache

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.translate import N_

FRAMEWORKS = (
    ("SDG", N_("Sustainable Development Goals")), ("GBF", N_("Global Biodiversity Framework")), ("Aichi", N_("Aichi targets (until 2020)")),
    ("Paris", N_("Paris Agreement, article")), ("Bonn Challenge", N_("Bonn Challenge")), ("LDN", N_("Land degradation neutrality")),
    ("Malabo", N_("Malabo commitments")), ("LandScale", N_("LandScale indicator")),
)  # fmt: skip
# How far each framework counts: a code beyond it is a slip of the pen.
_KNOWN = {
    "SDG": re.compile(r"^(?:[1-9]|1[0-7])\.(?:\d{1,2}|[a-d])$"), "GBF": re.compile(r"^(?:[1-9]|1\d|2[0-3])$"), "Aichi": re.compile(r"^(?:[1-9]|1\d|20)$"),
    "Paris": re.compile(r"^(?:[1-9]|1\d|2\d)(?:\.\d{1,2})?$"), "Malabo": re.compile(r"^(?:I|II|III|IV|V|VI|VII)$"), "LandScale": re.compile(r"^[1-4](?:\.\d){1,2}$"),
}  # fmt: skip


@cache
def read_crosswalk() -> dict[str, tuple[str, ...]]:
    """What a goal can be about -> codes of the frameworks."""
    path = find_folder("resources") / "catalogues" / "frameworks.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["measure"]: tuple(code.strip() for code in row["codes"].split(";")) for row in csv.DictReader(stream)
        }


def split_codes(text: str) -> list[str]:
    """Codes of a goal, as written with commas or semicolons between them."""
    return list(dict.fromkeys(" ".join(part.split()) for part in re.split(r"[,;]", text) if part.strip()))


def find_wrong(codes: list[str]) -> list[str]:
    """Codes that no framework has; frameworks that we do not know are let through."""
    out = []
    for code in codes:
        name, _space, number = code.rpartition(" ")
        rule = _KNOWN.get(name)
        if rule is not None and not rule.match(number):
            out.append(code)
    return out


def join_codes(own: str, measure: str) -> str:
    """A goal's own codes and those of what it is about, each once, in the order of the frameworks."""
    codes = list(dict.fromkeys([*split_codes(own), *read_crosswalk().get(measure, ())]))
    order = [name for name, _title in FRAMEWORKS]
    return ", ".join(
        sorted(codes, key=lambda code: next((at for at, name in enumerate(order) if code.startswith(name)), len(order)))
    )


def by_framework(codes: str) -> dict[str, list[str]]:
    """Framework -> the numbers of a goal's codes in it ('' where the framework has no numbers)."""
    out: dict[str, list[str]] = {}
    for code in split_codes(codes):
        name = next((name for name, _title in FRAMEWORKS if code.startswith(name)), "")
        if name:
            out.setdefault(name, []).append(code[len(name) :].strip())
    return out

"""Collect the texts for translators (onekl.pot), bring the .po files up to date, compile them to .mo.

`--check` only says whether onekl.pot and the compiled catalogues are what the sources give.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEYWORDS = ("_", "N_", "ngettext")
LANGUAGES = ("id", "fr", "es")


def collect() -> Catalog:
    """All texts of the sources, of the practice catalogue and of the sample recipes."""
    catalogue = Catalog(project="1KL Desktop", version="", copyright_holder="1KL Desktop", charset="utf-8")
    catalogue.creation_date = catalogue.revision_date = None  # type: ignore[assignment]
    for path in sorted((ROOT / "onekl_desktop").rglob("*.py"), key=lambda item: item.relative_to(ROOT).as_posix()):
        if "_data" not in path.parts:
            for message in extract(path.read_text(encoding="utf-8")):
                catalogue.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    with (ROOT / "resources" / "catalogues" / "practices.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for column in ("name", "description", "product"):
                if row[column]:
                    catalogue.add(row[column], locations=[("resources/catalogues/practices.csv", 0)])
    with (ROOT / "resources" / "catalogues" / "coefficients.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            catalogue.add(row["cover"], locations=[("resources/catalogues/coefficients.csv", 0)])
    with (ROOT / "resources" / "catalogues" / "governance.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for column in ("dimension", "question", "absent", "starting", "working", "trusted"):
                catalogue.add(row[column], locations=[("resources/catalogues/governance.csv", 0)])
    for recipe in sorted((ROOT / "sample_projects").glob("*/recipe.json")):
        told = json.loads(recipe.read_text(encoding="utf-8"))
        catalogue.add(told["about"], locations=[(recipe.relative_to(ROOT).as_posix(), 0)])
        for step in told["steps"]:
            if "say" in step:
                catalogue.add(step["say"], locations=[(recipe.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def extract(source: str) -> list[str | tuple[str, str]]:
    """Texts of a Python source in their order, those within f-strings too, the same with every Python."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            texts = [
                item.value
                for item in node.args
                if isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value
            ]
            wanted = 2 if node.func.id == "ngettext" else 1
            if len(texts) >= wanted:
                found.append((node.lineno, node.col_offset, texts[0] if wanted == 1 else (texts[0], texts[1])))
    return [message for _line, _column, message in sorted(found, key=lambda item: item[:2])]


def as_text(catalogue: Catalog) -> str:
    buffer = io.BytesIO()
    write_po(
        buffer, catalogue, width=100, omit_header=False, no_location=False, include_lineno=False, sort_output=False
    )
    lines = [
        line
        for line in buffer.getvalue().decode().splitlines()
        if not line.startswith(('"POT-Creation', '"PO-Revision', '"Generated-By'))
    ]
    return "\n".join(lines).rstrip() + "\n"


def po_path(language: str) -> Path:
    return HERE / language / "LC_MESSAGES" / "onekl.po"


def update(template: Catalog, language: str) -> Catalog:
    path = po_path(language)
    if path.exists():
        with path.open("rb") as stream:
            catalogue = read_po(stream, locale=language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
    else:
        catalogue = Catalog(locale=language, project="1KL Desktop", charset="utf-8")
        catalogue.update(template)
    catalogue.header_comment = f"# Texts of 1KL Desktop in the language {language}; glossary.csv has the words to use."
    catalogue.project, catalogue.version, catalogue.msgid_bugs_address = "1KL Desktop", "", ""
    catalogue.last_translator, catalogue.language_team, catalogue.fuzzy = "", language, False
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def main(arguments: list[str]) -> int:
    template = collect()
    pot = HERE / "onekl.pot"
    if "--check" in arguments:
        if not pot.exists() or pot.read_text(encoding="utf-8") != as_text(template):
            print("i18n/onekl.pot is out of date: run `python3 dev.py strings`")
            return 1
        return 0
    pot.write_text(as_text(template), encoding="utf-8")
    for language in LANGUAGES:
        catalogue = update(template, language)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_text(catalogue), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        done = sum(1 for message in catalogue if message.id and message.string)
        total = sum(1 for message in catalogue if message.id)
        print(f"{language}: {done} of {total} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Imports the files that `fuzz.py` names on standard input into a project of the world, one line of answer each.

After each import, done or refused, the project must be what it was (an import that worked is undone).
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.engine.registry import discover
from onekl_desktop.project.check import check_project
from onekl_desktop.project.dump import dump_hash
from onekl_desktop.project.records import Landscape

MOST_IMPORTS = 150


def main() -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is not an answer
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    registry = discover()
    with tempfile.TemporaryDirectory(prefix="onekl-fuzz-") as folder:
        for generation in range(1_000_000):
            path = Path(folder) / f"world{generation}.gpkg"
            box = shapely.box(-17_000_000, -7_000_000, 17_000_000, 7_000_000)
            make_project(path, Landscape(name="World", crs="EPSG:6933", geom=box, area_ha=1.0))
            with Session(path, registry=registry) as session:
                with session.project.read_raw() as raw:
                    before = dump_hash(raw)
                for _number in range(MOST_IMPORTS):
                    line = sys.stdin.readline()
                    if not line:
                        return
                    answer = attempt(session, json.loads(line), before)
                    answers.write(answer + "\n")
                    answers.flush()
                with session.read() as db, session.project.read_raw() as raw:
                    assert check_project(raw, db, session.project.files_folder) == []
            path.unlink()


def attempt(session: Session, fields: dict, before: str) -> str:
    """Import one file; the answer is `done` or the problem's code. Anything but a UserError ends the worker."""
    try:
        perform(session, "layers.import_layer", **fields)
        answer = "done"
    except UserError as problem:
        answer = problem.code if all(item.message for item in problem.problems) else "no sentence"
    if answer == "done":
        session.undo()
    with session.project.read_raw() as raw:
        assert dump_hash(raw) == before, "the project is not what it was"
    return answer


if __name__ == "__main__":
    main()

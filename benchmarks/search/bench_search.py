"""Search over many records while typing, beside SQL LIKE on the same rows in the same run. See ../README.md.

python benchmarks/search/bench_search.py [--records 100000] [--rounds 5] [--json PATH]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import shapely

from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.engine.search import SearchIndex
from onekl_desktop.project.records import Comment, Landscape

FRAME_MS = 1000 / 60
COMMON = [
    "forest",
    "river",
    "village",
    "women",
    "garden",
    "palm",
    "coffee",
    "slope",
    "market",
    "road",
    "school",
    "spring",
    "bank",
    "trees",
    "rice",
    "meeting",
]
TYPED = (
    "f",
    "fo",
    "forest",
    "forest river",
    "kebun4711",
    "village women market",
    "nothinglikeit",
    "s",
    "sp",
    "spring wat",
)


def fill(session: Session, records: int) -> None:
    """Comments of a dozen words, each with one word of its own."""
    rng = random.Random(7)

    def work(write):  # type: ignore[no-untyped-def]
        for number in range(records):
            words = [rng.choice(COMMON) for _word in range(11)]
            write.db.add(
                Comment(
                    name=f"{words[0].title()} {words[1]} {number}", body=f"{' '.join(words)} kebun{number} waterway"
                )
            )
            if number % 5000 == 4999:
                write.db.flush()
                write.db.expunge_all()

    session.project.write(work)


def time_ms(work, rounds: int) -> float:  # type: ignore[no-untyped-def]
    """Median of the rounds."""
    taken = []
    for _round in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ONEKL_HOME"] = folder
        path = Path(folder) / "many.gpkg"
        make_project(
            path, Landscape(name="Many", crs="EPSG:32647", geom=shapely.box(5e5, 3e5, 5.1e5, 3.1e5), area_ha=10_000.0)
        )
        with Session(path) as session:
            fill(session, options.records)
            index = SearchIndex(session)
            begun = time.perf_counter()
            index.refresh()
            built_s = time.perf_counter() - begun
            rows = []
            with session.project.read_raw() as raw:
                for text in TYPED:
                    words = text.split()
                    like = " AND ".join("(name LIKE ? OR body LIKE ?)" for _word in words)
                    values = [part for word in words for part in (f"%{word}%", f"%{word}%")]
                    peer = time_ms(
                        lambda like=like, values=values: raw.execute(
                            f"SELECT uuid, name, body FROM comment WHERE {like} ORDER BY name LIMIT 50", values
                        ).fetchall(),
                        options.rounds,
                    )
                    ours = time_ms(lambda text=text: index.find(text), options.rounds)
                    rows.append(
                        {
                            "typed": text,
                            "found": len(index.find(text)),
                            "ours_ms": ours,
                            "like_ms": peer,
                            "ratio": peer / ours,
                            "in_one_frame": ours < FRAME_MS,
                        }
                    )
            change = time_ms(
                lambda: perform(session, "decisions.add_comment", body=f"new words {time.time()}"), options.rounds
            )
            index.close()
    for row in rows:
        print(
            f"{row['typed']:24} {row['found']:3} found   {row['ours_ms']:7.2f} ms   LIKE {row['like_ms']:8.2f} ms   {row['ratio']:6.1f} times"
        )
    slowest = max(row["ours_ms"] for row in rows)
    print(
        f"{options.records} records; index built in {built_s:.1f} s; slowest search {slowest:.1f} ms (a frame has {FRAME_MS:.1f} ms); an operation with the index following {change:.0f} ms"
    )
    if options.json:
        options.json.write_text(
            json.dumps(
                {"records": options.records, "built_s": built_s, "searches": rows, "operation_ms": change}, indent=2
            )
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

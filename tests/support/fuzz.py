"""`dev.py fuzz [SECONDS]`: imports mutated files; a crash, a hang, a bug or a half-written project keeps the file and fails.

Seeds are the files of the reference folder where it is there, and files made here. Each worker is a process of its
own, so that a crash of a library is seen; what it was given is kept in build/fuzz.
"""

from __future__ import annotations

import io
import json
import os
import random
import selectors
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEEP = ROOT / "build" / "fuzz"
MOST_SECONDS = 60.0
MOST_BYTES = 400_000
TOKENS = (
    b"NaN", b"1e999", b"-1", b"0", b"4294967296", b"\xff\xfe", b"\0", b"'", b'"', b"<", b">", b"]]>", b"{", b"}", b"[", b"]", b",,", b";", b"\n", b"180.0001",
    b"POLYGON EMPTY", b"POINT (1e400 2)", b"98\xc2\xb0", b"=cmd()", b"&lol;", b"../", b"null", b"true", b"EPSG:0", b"99999999999999999999",
)  # fmt: skip
SHAPES = ("", "points", "lines", "areas")


def seeds() -> list[Path]:
    """Files to begin with."""
    reference = Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference")) / "real"
    found = [
        path for name in ("vectors", "boundaries", "forms") for path in (reference / name).rglob("*") if path.is_file()
    ]
    found += [path for path in (reference / "landcover" / "sibuyan").glob("*") if path.is_file()]
    found += [path for path in (ROOT / "sample_projects").rglob("inputs/*") if path.suffix in (".geojson", ".tif")]
    return [path for path in found if path.suffix.lower() != ".md" and path.stat().st_size < MOST_BYTES]


def made(folder: Path) -> list[Path]:
    """Tables and archives that the reference folder lacks."""
    texts = {
        "points.csv": "name;lat;lon;n\nA;3°12'45\"N;98°30'E;1\nB;3,25;98,5;2\nC;north;98;x\n",
        "kobo.csv": 'id,gps,trace\n1,"3.2 98.5 0 5","3.2 98.5 0 5; 3.3 98.6 0 5; 3.3 98.5 0 5; 3.2 98.5 0 5"\n',
        "wkt.csv": 'id,wkt\n1,"POLYGON ((98 3, 99 3, 99 4, 98 3))"\n2,"GEOMETRYCOLLECTION (POINT (98 3), LINESTRING (98 3, 99 4))"\n',
        "utm.tsv": "easting\tnorthing\tzone\n500000\t355000\t47N\n500100\t355000\t48S\n",
        "grid.asc": "ncols 4\nnrows 3\nxllcorner 98\nyllcorner 3\ncellsize 0.5\nNODATA_value -9\n1 2 3 -9\n1 1 2 2\n3 3 1 1\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    import openpyxl

    book = openpyxl.Workbook()
    for cells in (["name", "lat", "lon"], ["A", 3.2, 98.5], ["B", "3°12'N", "98°30'E"]):
        book.active.append(cells)
    book.save(folder / "points.xlsx")
    with zipfile.ZipFile(folder / "bag.zip", "w") as bag:
        for name in texts:
            bag.write(folder / name, f"in/{name}")
    return sorted(folder.iterdir())


def mutate(data: bytes, other: bytes, random_: random.Random) -> bytes:
    """A few small wounds."""
    out = bytearray(data)
    for _wound in range(random_.choice((1, 1, 2, 3, 6))):
        if not out:
            break
        at = random_.randrange(len(out))
        kind = random_.randrange(8)
        if kind == 0:
            out[at] ^= 1 << random_.randrange(8)
        elif kind == 1:
            out[at] = random_.randrange(256)
        elif kind == 2:
            del out[at : at + random_.choice((1, 2, 4, 16, 200))]
        elif kind == 3:
            out[at:at] = random_.choice(TOKENS)
        elif kind == 4:
            out = out[:at]
        elif kind == 5:
            stop = min(len(out), at + random_.randrange(1, 300))
            out[at:at] = out[at:stop] * random_.choice((1, 2, 30))
        elif kind == 6:
            size = random_.choice((1, 2, 4, 8))
            out[at : at + size] = random_.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * size
        elif other:
            start = random_.randrange(len(other))
            out[at:at] = other[start : start + random_.randrange(1, 300)]
    return bytes(out)


def mutate_file(path: Path, pool: list[Path], random_: random.Random) -> bytes:
    """The wounded content; in archives sometimes a member is wounded and the archive stays whole."""
    data = path.read_bytes()
    other = random_.choice(pool).read_bytes()
    if path.suffix.lower() in (".zip", ".xlsx", ".kmz") and random_.random() < 0.7:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as bag:
                members = {name: bag.read(name) for name in bag.namelist()}
            name = random_.choice(list(members))
            members[name] = mutate(members[name], other, random_)
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bag:
                for member, content in members.items():
                    bag.writestr(member, content)
            return buffer.getvalue()
        except (zipfile.BadZipFile, RuntimeError):
            pass
    return mutate(data, other, random_)


class Worker:
    """A process that imports."""

    def __init__(self, home: Path) -> None:
        env = dict(os.environ, ONEKL_HOME=str(home), PYTHONPATH=str(ROOT), QT_QPA_PLATFORM="offscreen")
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fuzz_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=env,
        )
        self._ready = selectors.DefaultSelector()
        self._ready.register(self.process.stdout, selectors.EVENT_READ)  # type: ignore[arg-type]

    def ask(self, fields: dict[str, str]) -> str:
        """`done`, a problem's code, or what went wrong with the worker itself: `hang` or `died`."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write((json.dumps(fields) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            return "died"
        if not self._ready.select(MOST_SECONDS):
            self.process.kill()
            return "hang"
        return self.process.stdout.readline().decode().strip() or "died"

    def last_words(self) -> str:
        """What the worker wrote to standard error."""
        self.process.wait(10)
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace")[-3000:]


def main(seconds: float, seed: int) -> int:
    """Fuzz for a while; 1 when something broke."""
    random_ = random.Random(seed)
    KEEP.mkdir(parents=True, exist_ok=True)
    told: Counter[str] = Counter()
    broken = 0
    with tempfile.TemporaryDirectory(prefix="onekl-fuzz-") as name:
        scratch = Path(name)
        (scratch / "made").mkdir()
        (scratch / "home").mkdir()
        pool = seeds() + made(scratch / "made")
        by_kind: dict[str, list[Path]] = {}
        for path in pool:
            by_kind.setdefault(path.suffix.lower(), []).append(path)
        worker = Worker(scratch / "home")
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            seed_file = random_.choice(by_kind[random_.choice(list(by_kind))])
            folder = scratch / "in"
            folder.mkdir()
            given = folder / seed_file.name
            if seed_file.suffix.lower() == ".shp":  # a shapefile is wounded in any of its parts
                for part in seed_file.parent.glob(f"{seed_file.stem}.*"):
                    content = part.read_bytes()
                    (folder / part.name).write_bytes(
                        mutate(content, content, random_) if random_.random() < 0.5 else content
                    )
            else:
                given.write_bytes(mutate_file(seed_file, by_kind[seed_file.suffix.lower()], random_))
            fields = {"file": str(given), "source_crs": random_.choice(("", "EPSG:4326", "EPSG:32647")), "shapes": random_.choice(SHAPES),
                      "role": random_.choice(("other", "land_cover", "zones"))}  # fmt: skip
            answer = worker.ask(fields)
            told[answer] += 1
            count += 1
            if answer in ("hang", "died", "no sentence"):
                broken += 1
                kept = KEEP / f"{answer}-{seed}-{count}-{seed_file.name}"
                if given.exists():
                    kept.write_bytes(given.read_bytes())
                worker.process.kill()
                print(f"{answer}: {kept.name} {fields}\n{worker.last_words()}", flush=True)
                worker = Worker(scratch / "home")
            for item in folder.iterdir():
                item.unlink()
            folder.rmdir()
        worker.process.stdin.close()  # type: ignore[union-attr]
        worker.process.wait(60)
    print(
        f"{count} files in {seconds:.0f} s, {broken} broke something: "
        + ", ".join(f"{word} {n}" for word, n in told.most_common())
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(
        main(
            float(sys.argv[1]) if len(sys.argv) > 1 else 60.0,
            int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time()),
        )
    )

"""Base maps in one file from a stranger's stick: MBTiles 1.3 and PMTiles 3, pictures only.

MBTiles: a SQLite database, rows counted from the south. PMTiles: a header of 127 bytes, directories of varints in gzip, tile
numbers along Hilbert curves (https://github.com/protomaps/PMTiles, spec v3). Sizes and depths are bounded everywhere.
"""

from __future__ import annotations

import sqlite3
import struct
import threading
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _

SUFFIXES = (".mbtiles", ".pmtiles")
LARGEST_TILE, LARGEST_DIRECTORY, DEEPEST = 8_000_000, 64_000_000, 4
MOST_ZOOM = 24
_PICTURES = {2: "png", 3: "jpg", 4: "webp", 5: "avif"}


@dataclass(frozen=True)
class _Entry:
    id: int
    offset: int
    length: int
    run: int


class TileFile:
    """Tiles of a file by zoom, column and row (from the north). Safe on any thread.

    Raises
    ------
    UserError
        `basemap.unreadable`: of another kind, damaged, or with vectors instead of pictures.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem
        self.attribution = ""
        self.least, self.most = 0, MOST_ZOOM
        self._lock = threading.Lock()
        try:
            found = path.stat()
        except OSError as problem:
            raise explain_os_error(problem, path) from None
        self.stamp = f"{found.st_size} {found.st_mtime_ns}"
        if path.suffix.lower() == ".mbtiles":
            self._open_mbtiles()
        elif path.suffix.lower() == ".pmtiles":
            self._open_pmtiles()
        else:
            raise self._refuse(_("it is neither MBTiles nor PMTiles"))

    def _refuse(self, reason: str) -> UserError:
        return UserError("basemap.unreadable", file=self.path, reason=reason)

    def get(self, zoom: int, x: int, y: int) -> bytes | None:
        """The bytes of a tile's picture; None where there is none."""
        if not (0 <= zoom <= MOST_ZOOM and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return None
        with self._lock:
            try:
                return (
                    self._from_mbtiles(zoom, x, y)
                    if self.path.suffix.lower() == ".mbtiles"
                    else self._from_pmtiles(zoom, x, y)
                )
            except (sqlite3.Error, OSError, ValueError, struct.error, zlib.error, EOFError):
                return None  # a damaged tile leaves a gap

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self.path.suffix.lower() == ".mbtiles":
                self._db.close()
            else:
                self._file.close()

    # ------------------------------------------------------------ MBTiles

    def _open_mbtiles(self) -> None:
        try:
            uri = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            told = dict(self._db.execute("SELECT name, value FROM metadata"))
            self._db.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles LIMIT 1").fetchone()
            zooms = self._db.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        except sqlite3.Error as problem:
            raise self._refuse(str(problem)) from None
        kind = str(told.get("format", "png")).lower()
        if kind not in ("png", "jpg", "jpeg", "webp"):
            raise self._refuse(_("its tiles hold {kind}, not pictures").format(kind=kind))
        if zooms[0] is None:
            raise self._refuse(_("it holds no tile"))
        self.least, self.most = max(int(zooms[0]), 0), min(int(zooms[1]), MOST_ZOOM)
        self.name, self.attribution = str(told.get("name") or self.path.stem), str(told.get("attribution") or "")

    def _from_mbtiles(self, zoom: int, x: int, y: int) -> bytes | None:
        row = self._db.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? AND length(tile_data) < ?",
            (zoom, x, (1 << zoom) - 1 - y, LARGEST_TILE),
        ).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None

    # ------------------------------------------------------------ PMTiles

    def _open_pmtiles(self) -> None:
        try:
            self._file = self.path.open("rb")
            head = self._file.read(127)
        except OSError as problem:
            raise explain_os_error(problem, self.path) from None
        if len(head) < 127 or head[:7] != b"PMTiles" or head[7] != 3:
            self._file.close()
            raise self._refuse(_("it is no PMTiles of version 3"))
        numbers = struct.unpack_from("<11Q", head, 8)
        self._root, self._leaves, self._data = (numbers[0], numbers[1]), numbers[4], numbers[6]
        self._packed, tile_packing, kind, self.least, self.most = head[97], head[98], head[99], head[100], head[101]
        if kind not in _PICTURES or tile_packing not in (0, 1):
            self._file.close()
            raise self._refuse(
                _("its tiles hold {kind}, not pictures").format(kind=_("vectors") if kind == 1 else kind)
            )
        if self._packed not in (1, 2) or self.least > self.most or self.most > MOST_ZOOM:
            self._file.close()
            raise self._refuse(_("its directory is packed in a way that is not known here"))
        self._directories: dict[tuple[int, int], list[_Entry]] = {}
        try:
            self._directory(*self._root)
        except (OSError, ValueError, struct.error, zlib.error, EOFError) as problem:
            self._file.close()
            raise self._refuse(str(problem) or _("its directory is damaged")) from None

    def _directory(self, offset: int, length: int) -> list[_Entry]:
        found = self._directories.get((offset, length))
        if found is None:
            if not 0 < length <= LARGEST_DIRECTORY:
                raise ValueError("directory too large")
            self._file.seek(offset)
            data = self._file.read(length)
            if self._packed == 2:
                unpacker = zlib.decompressobj(wbits=31)
                data = unpacker.decompress(data, LARGEST_DIRECTORY)
            found = read_directory(data)
            if len(self._directories) > 64:
                self._directories.clear()
            self._directories[offset, length] = found
        return found

    def _from_pmtiles(self, zoom: int, x: int, y: int) -> bytes | None:
        number = tile_number(zoom, x, y)
        offset, length = self._root
        for _depth in range(DEEPEST):
            entries = self._directory(offset, length)
            at = bisect_right([entry.id for entry in entries], number) - 1
            if at < 0:
                return None
            entry = entries[at]
            if entry.run == 0:
                offset, length = self._leaves + entry.offset, entry.length
                continue
            if number >= entry.id + entry.run or not 0 < entry.length <= LARGEST_TILE:
                return None
            self._file.seek(self._data + entry.offset)
            data = self._file.read(entry.length)
            return data if len(data) == entry.length else None
        return None


def read_directory(data: bytes) -> list[_Entry]:
    """Entries of a directory: counts of varints for the numbers (as steps), runs, lengths and places.

    Raises
    ------
    ValueError
        The bytes are no directory.
    """
    place = 0

    def varint() -> int:
        nonlocal place
        value = shift = 0
        while True:
            if place >= len(data) or shift > 63:
                raise ValueError("directory is cut short")
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    count = varint()
    if count > len(data):
        raise ValueError("directory promises more than it holds")
    ids, last = [], 0
    for _at in range(count):
        last += varint()
        ids.append(last)
    runs = [varint() for _at in range(count)]
    lengths = [varint() for _at in range(count)]
    offsets: list[int] = []
    for at in range(count):
        given = varint()
        if given == 0 and at == 0:
            raise ValueError("directory begins nowhere")
        offsets.append(offsets[-1] + lengths[at - 1] if given == 0 else given - 1)
    return [_Entry(*entry) for entry in zip(ids, offsets, lengths, runs, strict=True)]


def tile_number(zoom: int, x: int, y: int) -> int:
    """Number of a tile: those of lower zooms, then its place along the Hilbert curve of its own."""
    found, side = ((1 << (2 * zoom)) - 1) // 3, 1 << zoom
    step = side >> 1
    while step:
        rx, ry = int(bool(x & step)), int(bool(y & step))
        found += step * step * ((3 * rx) ^ ry)
        if ry == 0:
            if rx:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return found

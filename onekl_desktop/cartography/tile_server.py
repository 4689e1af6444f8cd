"""Base maps from the internet, for those who turn the network on: tiles by a pattern of address (XYZ, WMTS) or a WMS.

An address holds {z}, {x} and {y} (or {-y}, counted from the south), or {bbox} for a WMS that knows EPSG:3857. What came once
is kept in the user's cache, so that the map is there again without the network.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from onekl_desktop.base.errors import UserError
from onekl_desktop.cartography.tile_files import LARGEST_TILE, MOST_ZOOM
from onekl_desktop.project.folders import cache_folder

HALF = 20_037_508.342789244
PATIENCE_S, QUIET_S = 8.0, 60.0
MOST_ZOOM_ASKED = 19
AGENT = "1KL-Desktop (offline landscape planning)"
Fetch = Callable[[str], bytes]


def is_address(text: str) -> bool:
    """Whether a base map is an address rather than a file."""
    return text.startswith(("http://", "https://"))


def check_address(text: str) -> str:
    """The address, when tiles can be asked for by it.

    Raises
    ------
    UserError
        `basemap.address`.
    """
    text = text.strip()
    parts = urlsplit(text)
    places = all(blank in text for blank in ("{z}", "{x}")) and ("{y}" in text or "{-y}" in text)
    if not is_address(text) or not parts.hostname or not (places or "{bbox}" in text):
        raise UserError("basemap.address", address=text[:80])
    return text


class TileServer:
    """Tiles of a server, kept on disk. Safe on any thread; a server that does not answer is left alone for a minute."""

    def __init__(self, address: str, fetch: Fetch | None = None, folder: Path | None = None) -> None:
        self.path = self.address = check_address(address)
        self.name = urlsplit(address).hostname or address
        self.attribution = self.name
        self.stamp = ""
        self.least, self.most = 0, min(MOST_ZOOM_ASKED, MOST_ZOOM)
        self._fetch = fetch or _fetch
        digest = hashlib.blake2b(address.encode(), digest_size=10).hexdigest()
        self._folder = (folder or cache_folder() / "tiles") / digest
        self._quiet_until = 0.0
        self._stopped = False
        self._lock = threading.Lock()

    def get(self, zoom: int, x: int, y: int) -> bytes | None:
        """The bytes of a tile's picture; None where there is none, or no network."""
        if not (0 <= zoom <= self.most and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return None
        kept = self._folder / f"{zoom}-{x}-{y}"
        try:
            return kept.read_bytes()
        except OSError:
            pass
        with self._lock:
            if self._stopped or time.monotonic() < self._quiet_until:
                return None
        try:
            data = self._fetch(address_of(self.address, zoom, x, y))
        except (OSError, ValueError):
            with self._lock:
                self._quiet_until = time.monotonic() + QUIET_S
            return None
        if not 0 < len(data) <= LARGEST_TILE:
            return None
        self._keep(kept, data)
        return data

    def _keep(self, kept: Path, data: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = kept.with_name(f"{kept.name}.{threading.get_ident()}")
            part.write_bytes(data)
            part.replace(kept)
        except OSError:
            return  # a full disk must not blank the map

    def stop(self) -> None:
        """Ask no more; pictures that are still on screen may be drawn from what was kept."""
        with self._lock:
            self._stopped = True


def address_of(address: str, zoom: int, x: int, y: int) -> str:
    """The address of one tile."""
    side = 2 * HALF / (1 << zoom)
    left, top = -HALF + x * side, HALF - y * side
    blanks = {
        "{z}": str(zoom), "{x}": str(x), "{y}": str(y), "{-y}": str((1 << zoom) - 1 - y),
        "{bbox}": f"{left:.6f},{top - side:.6f},{left + side:.6f},{top:.6f}",
    }  # fmt: skip
    for blank, value in blanks.items():
        address = address.replace(blank, value)
    return address


def _fetch(address: str) -> bytes:
    """Ask a server; redirects elsewhere than to http(s) are refused by urllib itself."""
    from urllib.request import Request, urlopen

    with urlopen(Request(address, headers={"User-Agent": AGENT}), timeout=PATIENCE_S) as answer:
        if not str(answer.headers.get("Content-Type", "image/")).startswith("image/"):
            raise ValueError("no picture")
        data: bytes = answer.read(LARGEST_TILE + 1)
        return data

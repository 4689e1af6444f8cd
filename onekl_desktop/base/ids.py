"""Identities: time-ordered, so that rows made later sort later and two PCs never collide."""

from __future__ import annotations

import re
import secrets
import threading
import time

_HEX = re.compile(r"^[0-9a-f]{32}$")
_lock = threading.Lock()
_last = [0]


def new_uuid() -> str:
    """32 hex digits in the layout of UUID version 7 (RFC 9562): milliseconds first, then chance.

    Strictly rising within a process: the 12 bits after the version count within one millisecond.
    """
    with _lock:
        ticks = max(time.time_ns() * 4096 // 1_000_000, _last[0] + 1)
        _last[0] = ticks
    milliseconds, count = divmod(ticks, 4096)
    tail = (0b10 << 62) | secrets.randbits(62)
    return f"{milliseconds & (1 << 48) - 1:012x}7{count:03x}{tail:016x}"


def is_uuid(text: object) -> bool:
    """Whether this is an identity in our spelling."""
    return isinstance(text, str) and bool(_HEX.match(text))


def slug(text: str, fallback: str = "layer") -> str:
    """A table or file name made from a title: lower case letters, digits and underscores, at most 40."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    if not name:
        name = fallback
    return name if name[0].isalpha() else f"{fallback}_{name}"

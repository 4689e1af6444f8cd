"""Check and open a bundle that came on a stick: nothing is unpacked before it is known to be whole."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.exchange.archive import TROUBLE, is_damage
from onekl_desktop.exchange.bundle.write import MANIFEST, SCHEMA

MOST_BYTES = 4 << 30
MOST_RATIO = 1000


def check_bundle(path: Path) -> dict[str, Any]:
    """The manifest of a sound bundle.

    Looked at, in this order: is it a zip file, are all names harmless and distinct, are the sizes sane, does the
    manifest belong to a version that is known, is every file there with its checksum, and no other.

    Raises
    ------
    UserError
        `file.missing`, `bundle.broken`.
    """
    if not path.exists():
        raise UserError("file.missing", file=path)

    def broken(reason: str) -> UserError:
        return UserError("bundle.broken", file=path, reason=reason)

    try:
        with zipfile.ZipFile(path) as bag:
            entries = {entry.filename: entry for entry in bag.infolist() if not entry.is_dir()}
            if len({name.lower() for name in bag.namelist()}) != len(bag.namelist()):
                raise broken(_("a name occurs twice"))
            for name, entry in entries.items():
                parts = PurePosixPath(name).parts
                if name.startswith("/") or "\\" in name or ".." in parts or ":" in name:
                    raise broken(_("the name {name} is unsafe").format(name=name))
                if entry.external_attr >> 28 == 0xA:
                    raise broken(_("{name} is a link").format(name=name))
                if entry.file_size > MOST_BYTES or entry.file_size > MOST_RATIO * max(entry.compress_size, 1024):
                    raise broken(
                        _("{name} would grow to {size} bytes").format(name=name, size=format_number(entry.file_size))
                    )
            if MANIFEST not in entries:
                raise broken(_("there is no manifest"))
            manifest = json.loads(bag.read(MANIFEST))
            if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
                raise broken(_("its kind or version is not known here"))
            listed = {item["path"]: item for item in manifest["files"]}
            stray = set(entries) - set(listed) - {MANIFEST}
            missing = set(listed) - set(entries)
            if stray or missing:
                raise broken(", ".join(sorted(stray | missing)))
            for name, item in listed.items():
                digest = hashlib.sha256()
                with bag.open(name) as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
                if digest.hexdigest() != item["sha256"]:
                    raise broken(_("{name} was changed").format(name=name))
            return manifest
    except (*TROUBLE, KeyError, TypeError, AttributeError) as problem:
        raise broken(str(problem) or type(problem).__name__) from None
    except OSError as problem:
        raise (broken(str(problem)) if is_damage(problem) else explain_os_error(problem, path)) from None

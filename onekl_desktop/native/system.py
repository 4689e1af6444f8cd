"""What only the operating system knows or does: is that process alive, what kind of disk is this, take memory back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "davfs", "afs", "ncpfs", "fuse.gvfsd-fuse"}
_REMOVABLE = {"vfat", "exfat", "msdos", "fuseblk", "iso9660", "udf"}


def is_process_alive(pid: int) -> bool:
    """Whether a process of this number runs here."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        alive = bool(ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))) and code.value == 259
        ctypes.windll.kernel32.CloseHandle(handle)
        return alive
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def disk_kind(folder: Path) -> str:
    """`local`, `network` or `removable`, as far as the system tells; unknown counts as local."""
    folder = folder.resolve()
    if sys.platform == "win32":
        import ctypes

        drive = folder.drive
        if drive.startswith("\\\\"):
            return "network"
        return {2: "removable", 4: "network", 5: "removable"}.get(
            ctypes.windll.kernel32.GetDriveTypeW(drive + "\\"), "local"
        )
    if sys.platform == "darwin":
        return "removable" if folder.is_relative_to("/Volumes") else "local"
    best, kind = "", ""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "local"
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) < 3:
            continue
        place = parts[1].encode().decode("unicode_escape")
        if (folder == Path(place) or folder.is_relative_to(place)) and len(place) >= len(best):
            best, kind = place, parts[2]
    if kind in _REMOTE:
        return "network"
    return "removable" if kind in _REMOVABLE else "local"


def release_memory() -> None:
    """Give memory that is free inside the process back to the system, where the C library can (glibc)."""
    if sys.platform == "linux":
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

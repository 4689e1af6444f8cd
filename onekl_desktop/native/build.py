"""Compile the C kernels into one shared library: by hand, by dev.py and by the package's build.

Standard library only. Flags keep results the same on every PC for one build: no fused
multiply-add, no fast-math. Exit code 6 when there is no compiler.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = sorted((HERE / "src").glob("*.c"))
FLAGS = ["-std=c11", "-O3", "-ffp-contract=off", "-fvisibility=hidden", "-Wall", "-Wextra"]
NO_COMPILER = 6


def library_name() -> str:
    """File name of the compiled library on this system."""
    return {"win32": "onekl_native.dll", "darwin": "libonekl_native.dylib"}.get(sys.platform, "libonekl_native.so")


def find_compiler() -> list[str] | None:
    """`$CC`, the system's cc, gcc or clang, else the compiler that the package index ships."""
    if os.environ.get("ONEKL_NO_COMPILER"):
        return None
    if os.environ.get("CC"):
        return shlex.split(os.environ["CC"])
    if sys.platform != "win32":
        for name in ("cc", "gcc", "clang"):
            path = shutil.which(name)
            if path:
                return [path]
    if importlib.util.find_spec("ziglang"):
        return [sys.executable, "-m", "ziglang", "cc"]
    return None


def source_stamp() -> str:
    """Changes when a source file or a flag does."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sorted((HERE / "src").glob("*.[ch]")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def build(folder: Path) -> Path | None:
    """Build the library into `folder` unless it is up to date; None when there is no compiler.

    Raises
    ------
    subprocess.CalledProcessError
        The compiler refused the sources.
    """
    target, stamp = folder / library_name(), folder / "stamp"
    wanted = source_stamp()
    if target.exists() and stamp.exists() and stamp.read_text() == wanted:
        return target
    compiler = find_compiler()
    if compiler is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    pic = [] if sys.platform == "win32" else ["-fPIC"]
    maths = [] if sys.platform == "win32" else ["-lm"]
    fresh = folder / f"{os.getpid()}-{library_name()}"
    command = [*compiler, *FLAGS, *pic, "-shared", "-o", str(fresh), *map(str, SOURCES), *maths]
    subprocess.run(command, check=True)
    os.replace(fresh, target)
    stamp.write_text(wanted)
    return target


if __name__ == "__main__":
    try:
        built = build(HERE / "lib")
    except subprocess.CalledProcessError as problem:
        sys.stderr.write(f"The compiler refused the C kernels ({problem}).\n")
        sys.exit(1)
    sys.exit(0 if built else NO_COMPILER)

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
# What one Linux machine builds for the others: name of the target for zig, file name of the library.
TARGETS = {
    "linux-x64": ("x86_64-linux-gnu.2.17", "libonekl_native.so"),
    "linux-arm64": ("aarch64-linux-gnu.2.17", "libonekl_native.so"),
    "windows-x64": ("x86_64-windows-gnu", "onekl_native.dll"),
    "macos-x64": ("x86_64-macos", "libonekl_native.dylib"),
    "macos-arm64": ("aarch64-macos", "libonekl_native.dylib"),
}


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


def build_for(target: str, folder: Path) -> Path | None:
    """Build the library of another system with the compiler of the package index; None when that is not installed.

    Raises
    ------
    subprocess.CalledProcessError
        The compiler refused the sources.
    """
    if not importlib.util.find_spec("ziglang"):
        return None
    triple, name = TARGETS[target]
    (folder / target).mkdir(parents=True, exist_ok=True)
    made = folder / target / name
    system = [] if "windows" in triple else ["-fPIC"]
    maths = [] if "windows" in triple else ["-lm"]
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", triple]
    subprocess.run(
        [*compiler, *FLAGS, *system, "-shared", "-s", "-o", str(made), *map(str, SOURCES), *maths], check=True
    )
    return made


def main(arguments: list[str]) -> int:
    """Build for this machine, or with `--all FOLDER` for every system."""
    if arguments[:1] == ["--all"]:
        folder = Path(arguments[1])
        made = [build_for(target, folder) for target in TARGETS]
        for path in made:
            sys.stdout.write(f"{path}\n")
        return 0 if all(made) else NO_COMPILER
    return 0 if build(HERE / "lib") else NO_COMPILER


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
    except subprocess.CalledProcessError as problem:
        sys.stderr.write(f"The compiler refused the C kernels ({problem}).\n")
        sys.exit(1)
    sys.exit(code)

#!/usr/bin/env python3
"""The developer's one door: set up the project and run its verbs.

    python3 dev.py run     set up, build the sample landscape, open the window
    python3 dev.py test    set up, run the tests (test --all adds the slow suites)

Standard library only, so that a machine with nothing but Python can start here.
Windows: `py dev.py run`.
"""

import sys

if sys.version_info < (3, 11) or sys.version_info >= (3, 14):
    sys.stderr.write(
        "1KL Desktop needs Python 3.11, 3.12 or 3.13 and this is Python %d.%d: install Python 3.13 "
        "(Debian and Ubuntu: apt-get install python3.11 or newer; Windows: the installer from python.org) "
        "and call dev.py with it.\n" % sys.version_info[:2]
    )
    sys.exit(6)

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WHEELHOUSE = ROOT / "wheelhouse"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
INTERRUPTED, MISSING = 130, 6

# shared library -> Debian/Ubuntu package; what Qt needs without and with a screen
QT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libX11-xcb.so.1": "libx11-xcb1",
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def stop(text, code=MISSING):
    say(text)
    sys.exit(code)


# ---------------------------------------------------------------- set-up


def missing_libraries():
    if not sys.platform.startswith("linux"):
        return []
    wanted = []
    for soname, package in QT_LIBRARIES.items():
        try:
            ctypes.CDLL(soname)
        except OSError:
            wanted.append(package)
    return wanted


def ensure_libraries():
    packages = missing_libraries()
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing %d system libraries that Qt needs: %s" % (len(packages), " ".join(packages)))
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.run(["apt-get", "update", "-qq"], env=env, check=False, stdout=subprocess.DEVNULL)
        done = subprocess.run(command, env=env, check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            # Newer Ubuntus renamed one: try them one by one rather than giving up on all.
            for package in packages:
                for name in (package, package + "t64"):
                    if not subprocess.run(
                        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name],
                        env=env,
                        check=False,
                        stdout=subprocess.DEVNULL,
                    ).returncode:
                        break
        packages = missing_libraries()
        if not packages:
            return
    if shutil.which("apt-get"):
        stop(
            "Qt needs system libraries that are not here. Install them and call dev.py again:\n  sudo "
            + " ".join(["apt-get", "install", "--no-install-recommends", *packages])
        )
    stop(
        "Qt needs system libraries that are not here. Install what your system calls these Debian packages and "
        "call dev.py again:\n  " + " ".join(packages)
    )


def venv_works():
    if not PYTHON.exists():
        return False
    probe = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == "%d.%d" % sys.version_info[:2]


def pip_command():
    """A pip that can install into .venv, wherever this Python keeps one."""

    def works(command):
        return subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0

    own = [str(PYTHON), "-m", "pip"]
    base = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if works(own):
        return own
    if works(base):
        return base
    if subprocess.run([str(PYTHON), "-m", "ensurepip"], capture_output=True, check=False).returncode == 0:
        return own
    for wheel in sorted(WHEELHOUSE.glob("pip-*.whl")):
        return [str(PYTHON), str(wheel / "pip")]
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing pip (package python3-pip)")
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-pip"],
            check=False,
            stdout=subprocess.DEVNULL,
        )
        for command in (base, ["/usr/bin/python3", "-m", "pip", "--python", str(PYTHON)]):
            if works(command):
                return command
    stop("This Python has no pip. Install it and call dev.py again:\n  sudo apt-get install python3-pip")
    return None


def install_command(lock):
    """pip, told to take exactly what a lock says, from the wheelhouse where there is one."""
    command = [*pip_command(), "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary=:all:", "-r", str(ROOT / lock)]
    if WHEELHOUSE.is_dir():
        command += ["--no-index", "--find-links", str(WHEELHOUSE)]
    return command


def install(lock, stamp_name):
    """Bring .venv to exactly what `lock` says; a stamp makes the second call instant."""
    stamp = VENV / stamp_name
    wanted = hashlib.sha256((ROOT / lock).read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Installing the packages of %s (once)" % lock)
    command = install_command(lock)
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        stop(
            "The packages of %s could not be installed. Without internet, put a folder `wheelhouse` with the "
            "wheels beside dev.py and call it again." % lock
        )
    stamp.write_text(wanted)


def site_packages():
    if WINDOWS:
        return VENV / "Lib" / "site-packages"
    return VENV / "lib" / ("python%d.%d" % sys.version_info[:2]) / "site-packages"


def link_source():
    """Let .venv's Python find this checkout, and give it an `onekl` command."""
    pth = site_packages() / "onekl_desktop_source.pth"
    if not pth.exists() or pth.read_text(encoding="utf-8") != str(ROOT) + "\n":
        pth.write_text(str(ROOT) + "\n", encoding="utf-8")
    if WINDOWS:
        script = VENV / "Scripts" / "onekl.cmd"
        text = '@"%~dp0python.exe" -m onekl_desktop %*\r\n'
    else:
        script = VENV / "bin" / "onekl"
        text = '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -m onekl_desktop "$@"\n'
    if not script.exists() or script.read_text() != text:
        script.write_text(text, newline="")
        script.chmod(0o755)


def build_native():
    """Compile the C kernels; without any compiler the app runs on their NumPy twins."""
    script = str(ROOT / "onekl_desktop" / "native" / "build.py")

    def build():
        return subprocess.run([str(PYTHON), script], check=False).returncode

    code = build()
    if code == MISSING and not os.environ.get("ONEKL_NO_COMPILER"):
        command = install_command("requirements-build.lock")
        say("No C compiler here: fetching one from the package index (once)")
        if subprocess.run(command, check=False, capture_output=True).returncode == 0:
            code = build()
    if code:
        say("The C kernels could not be built; the app works on their slower NumPy twins.")


def verb_native(options, rest):
    """The C kernels for every system, into build/native: with the compiler of the package index, on any machine."""
    set_up()
    install("requirements-build.lock", "onekl-build.stamp")
    return call(PYTHON, ROOT / "onekl_desktop" / "native" / "build.py", "--all", ROOT / "build" / "native", *rest)


def set_up(dev=False):
    ensure_libraries()
    if not venv_works():
        say("Making .venv with Python %d.%d" % sys.version_info[:2])
        if VENV.exists():
            shutil.rmtree(VENV)
        venv.create(VENV, with_pip=False, symlinks=not WINDOWS)
    install("requirements.lock", "onekl-run.stamp")
    if dev:
        install("requirements-cluster.lock", "onekl-cluster.stamp")
        install("requirements-dev.lock", "onekl-dev.stamp")
    link_source()
    build_native()


# ---------------------------------------------------------------- verbs


def call(*command, **env):
    """Run a command inside .venv and return its exit code."""
    full_env = dict(os.environ, **env)
    full_env.setdefault("PYTHONUTF8", "1")
    return subprocess.run([str(part) for part in command], check=False, cwd=ROOT, env=full_env).returncode


def has_display():
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def verb_run(options, rest):
    set_up()
    if rest:
        return call(PYTHON, "-m", "onekl_desktop", *rest)
    out = ROOT / "demo"
    code = call(PYTHON, "-m", "onekl_desktop", "demo", "--out", out)
    if code:
        return code
    project = next(out.glob("*.gpkg"))
    if not has_display():
        say("No display here: the window was not opened. The project file and its pages are in %s" % out)
        return 0
    return call(PYTHON, "-m", "onekl_desktop", project)


def verb_test(options, rest):
    set_up(dev=True)
    arguments = [] if options.all else ["-m", "not slow"]
    return call(
        PYTHON,
        "-m",
        "pytest",
        "-n",
        os.environ.get("ONEKL_TEST_WORKERS", "2"),
        *arguments,
        *rest,
        QT_QPA_PLATFORM="offscreen",
    )


def verb_lint(options, rest):
    set_up(dev=True)
    return call(PYTHON, "-m", "ruff", "check", *rest, ".") or call(PYTHON, "-m", "ruff", "format", "--check", ".")


def verb_types(options, rest):
    set_up(dev=True)
    return call(PYTHON, "-m", "mypy", *rest)


def verb_floors(options, rest):
    set_up(dev=True)
    return call(PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", *rest)


def verb_shots(options, rest):
    set_up(dev=True)
    return call(PYTHON, ROOT / "tests" / "support" / "shots.py", *rest, QT_QPA_PLATFORM="offscreen")


def verb_fuzz(options, rest):
    set_up(dev=True)
    return call(PYTHON, ROOT / "tests" / "support" / "fuzz.py", *rest)


def verb_bench(options, rest):
    set_up(dev=True)
    return call(PYTHON, ROOT / "benchmarks" / "bench.py", *rest)


def verb_strings(options, rest):
    set_up(dev=True)
    return call(PYTHON, ROOT / "i18n" / "catalogues.py", *rest)


def verb_lock(options, rest):
    set_up(dev=True)
    chain = [
        ("requirements", []),
        ("requirements-cluster", ["-c", "requirements.lock"]),
        ("requirements-dev", ["-c", "requirements.lock", "-c", "requirements-cluster.lock"]),
        ("requirements-build", ["-c", "requirements-dev.lock"]),
    ]
    for name, constraints in chain:
        code = call(
            PYTHON,
            "-m",
            "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
            "--fork-strategy",
            "fewest",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            *constraints,
            *rest,
            name + ".in",
            "-o",
            name + ".lock",
        )
        if code:
            return code
    return 0


VERBS = {
    "run": (verb_run, "set up, build the sample landscape in demo/, open the window on it"),
    "test": (verb_test, "set up and run the tests; --all adds the slow suites"),
    "lint": (verb_lint, "ruff: rules and format"),
    "types": (verb_types, "mypy"),
    "floors": (verb_floors, "import-linter: who may import whom"),
    "shots": (verb_shots, "a PNG of every panel and dialog in build/shots"),
    "fuzz": (verb_fuzz, "imports of damaged files: `fuzz SECONDS [SEED]`; what breaks something is kept in build/fuzz"),
    "bench": (verb_bench, "benchmarks, beside QGIS where it is installed"),
    "native": (verb_native, "the C kernels for Windows, macOS and Linux, x64 and arm64, into build/native"),
    "strings": (verb_strings, "collect the texts for translators and compile the catalogues"),
    "lock": (verb_lock, "compile requirements*.in into hash-locked files"),
}


def main(arguments):
    parser = argparse.ArgumentParser(prog="dev.py", description="Set up 1KL Desktop and run its developer verbs.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (_, about) in VERBS.items():
        verb = verbs.add_parser(name, help=about, description=about)
        if name == "test":
            verb.add_argument("--all", action="store_true", help="the slow suites too")
    options, rest = parser.parse_known_args(arguments)
    try:
        return VERBS[options.verb][0](options, rest)
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

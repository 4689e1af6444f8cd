import subprocess
from pathlib import Path

import pytest

from onekl_desktop.native.build import HERE, SOURCES, build, find_compiler, library_name

pytestmark = pytest.mark.slow


def test_nonsense_under_the_sanitizers(tmp_path):
    compiler = find_compiler()
    if compiler is None:
        pytest.skip("no C compiler here")
    program = tmp_path / "sanitize"
    flags = [
        "-std=c11",
        "-g",
        "-O1",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-I{HERE / 'src'}",
    ]
    sources = [*map(str, SOURCES), str(Path(__file__).with_name("sanitize.c"))]
    made = subprocess.run(
        [*compiler, *flags, "-o", str(program), *sources, "-lm"], capture_output=True, text=True, check=False
    )
    if made.returncode and "sanitize" in made.stderr and "cannot find" in made.stderr:
        pytest.skip("the compiler has no sanitizer runtime")
    assert made.returncode == 0, made.stderr
    ran = subprocess.run([str(program)], capture_output=True, text=True, check=False, timeout=300)
    assert (ran.returncode, ran.stdout.strip()) == (0, "clean"), ran.stderr[-2000:]


def test_the_library_builds_from_nothing(tmp_path):
    if find_compiler() is None:
        pytest.skip("no C compiler here")
    assert build(tmp_path) == tmp_path / library_name()
    assert build(tmp_path).stat().st_mtime == (tmp_path / library_name()).stat().st_mtime

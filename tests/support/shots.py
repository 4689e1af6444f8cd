"""`dev.py shots`: a PNG of every panel, dialog and page in build/shots: four languages, light and dark, English at 200 % too."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "shots"


def main() -> int:
    """Run each scale in a process of its own (Qt reads the factor once)."""
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory(prefix="onekl-shots-") as home:
        for scale, language in (("1", "en"), ("2", "en"), ("1", "id"), ("1", "fr"), ("1", "es")):
            env = dict(
                os.environ,
                QT_QPA_PLATFORM="offscreen",
                QT_SCALE_FACTOR=scale,
                ONEKL_HOME=home,
                ONEKL_SHOT_SCALE=scale,
                ONEKL_SHOT_LANGUAGE=language,
                PYTHONPATH=str(ROOT),
            )
            code = subprocess.run(
                [sys.executable, str(Path(__file__).with_name("shoot.py")), str(OUT)], env=env, check=False
            ).returncode
            if code:
                return code
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

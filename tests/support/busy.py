"""Works on a project without end and says each operation that has returned; the kill test ends it."""

import random
import sys
from pathlib import Path

from onekl_desktop.engine import Session, perform
from onekl_desktop.project.queries.records import list_layers, list_practices
from tests.support.landscape import place


def main(path: str, source: str, seed: str) -> None:
    """Operations, undos, imports and removals in a seeded order."""
    rng = random.Random(seed)
    session = Session(Path(path))
    with session.read() as db:
        fresh = not list_practices(db)
    if fresh:
        perform(session, "scenarios.add_scenario", name="S")
        perform(session, "scenarios.add_practice", name="P")
    say("ready")
    number = 0
    while True:
        number += 1
        name = f"{seed}-{number}"
        choice = rng.random()
        if choice < 0.55:
            x, y = rng.uniform(0, 9000), rng.uniform(0, 9000)
            perform(
                session,
                "scenarios.add_intervention",
                scenario="S",
                practice="P",
                name=name,
                geometry=place(x, y, x + 300, y + 300),
                start_year=2026,
            )
            say(f"added {name}.")
        elif choice < 0.7:
            perform(session, "scenarios.add_scenario", name=name)
            say(f"added {name}.")
        elif choice < 0.8:
            perform(session, "scenarios.add_scenario", name=name)
            session.undo()
            say(f"removed {name}.")
        elif choice < 0.92:
            perform(session, "layers.import_layer", file=source, role="land_cover", name=name, year=2024)
            say(f"added {name}.")
        else:
            with session.read() as db:
                layers = list_layers(db)
            if layers:
                gone = layers[-1].name
                say(f"removing {gone}.")
                perform(session, "layers.remove_layer", layer=layers[-1].uuid)
                say(f"removed {gone}.")


def say(line: str) -> None:
    """One line that the parent sees at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])

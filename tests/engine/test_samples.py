"""Each sample landscape is built through the one door, sound, computed, and has what a landscape needs."""

import pytest

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import set_language
from onekl_desktop.engine import Session
from onekl_desktop.engine.samples import list_samples, read_recipe
from onekl_desktop.project.check import check_project
from onekl_desktop.project.queries.records import get_landscape, list_layers
from onekl_desktop.project.records import (
    Agreement,
    Consent,
    Goal,
    Intervention,
    Organisation,
    Project,
    Signature,
    Target,
)
from onekl_desktop.tools.lift.queries import read_finance
from onekl_desktop.tools.scenarios.outlook import find_outlook
from onekl_desktop.tools.scenarios.queries import compare
from onekl_desktop.tools.scenarios.sample import build_sample_project


def test_four_landscapes_are_there():
    assert set(list_samples()) == {"north_sumatra", "cagayan_de_oro", "cote_divoire", "norte_de_santander"}
    assert all(read_recipe(name).about for name in list_samples())


@pytest.mark.parametrize(
    ("sample", "language"), [("north_sumatra", "fr"), ("norte_de_santander", "id"), ("cote_divoire", "es")]
)
def test_a_sample_is_built_in_any_language(tmp_path, registry, sample, language):
    set_language(language)
    path = build_sample_project(tmp_path / "s.gpkg", registry=registry, progress=Progress(), sample=sample)
    with Session(path, registry=registry, read_only=True) as session:
        assert all(state.current for state in compare(session).scenarios)


@pytest.mark.parametrize("sample", list_samples())
def test_a_sample_is_whole(tmp_path, registry, sample):
    path = build_sample_project(tmp_path / "s.gpkg", registry=registry, progress=Progress(), sample=sample)
    with Session(path, registry=registry, read_only=True) as session:
        with session.read() as db, session.project.read_raw() as raw:
            assert check_project(raw, db, session.project.files_folder) == []
            landscape = get_landscape(db)
            assert landscape.synthetic and landscape.land_cover and landscape.zones and landscape.plan
            assert {"land_cover", "zones", "elevation", "protected", "rivers", "roads"} <= {
                layer.role for layer in list_layers(db)
            }
            for kind, least in (
                (Organisation, 5),
                (Agreement, 1),
                (Signature, 4),
                (Consent, 1),
                (Goal, 3),
                (Target, 3),
                (Intervention, 8),
                (Project, 1),
            ):
                assert db.query(kind).count() >= least, kind
            assert all(item.area_ha > 50 for item in db.query(Intervention))
        comparison = compare(session)
        assert {state.word for state in comparison.scenarios} == {"current"} and len(comparison.scenarios) == 4
        assert all(
            any(low is not None for low in row.low) for row in comparison.rows if row.code == "carbon_gain"
        )  # bands
        assert len(comparison.groups) == 4 and all(line.values for line in comparison.goals)
        with session.read() as db:
            outlooks = [find_outlook(db, state.scenario) for state in comparison.scenarios]
        assert all(outlook is not None for outlook in outlooks)  # the land goes on changing beneath each
        assert all(state.current and not state.problem for state in read_finance(session).projects)

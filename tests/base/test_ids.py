from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.ids import is_uuid, new_uuid, slug


def test_identities_rise_and_differ():
    made = [new_uuid() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert all(is_uuid(uuid) and uuid[12] == "7" and uuid[16] in "89ab" for uuid in made)


@given(st.text())
def test_a_slug_is_always_a_name(text):
    name = slug(text)
    assert name and name[0].isalpha() and len(name) <= 46
    assert all(ch.isascii() and (ch.isalnum() or ch == "_") for ch in name)

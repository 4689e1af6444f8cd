import errno
import json
import string

import pytest

from onekl_desktop.base.errors import Figure, UserError, explain_os_error, make_problem, restate
from onekl_desktop.base.messages import MESSAGES
from onekl_desktop.base.translate import set_language


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_message_fills_its_blanks_and_ends_like_a_sentence(code):
    message = MESSAGES[code]
    blanks = {
        name for text in (message.text, message.remedy) for _, name, _, _ in string.Formatter().parse(text) if name
    }
    problem = make_problem(code, **{**dict.fromkeys(blanks, "x"), **({"row": 7} if "row" in blanks else {})})
    assert "{" not in problem.sentence() and "?" not in problem.message.replace("removed?", "").replace("scanner?", "")
    assert problem.message.endswith((".", "?"))
    assert message.exit_code in (2, 3, 4, 5, 6)


def test_an_uncatalogued_code_is_a_bug():
    with pytest.raises(KeyError):
        UserError("nothing.of_the_kind")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "file.no_space"),
        (errno.EROFS, "file.read_only"),
        (errno.EACCES, "file.read_only"),
        (errno.ENOENT, "file.missing"),
        (errno.EIO, "file.medium_gone"),
    ],
)
def test_system_errors_become_sentences(number, code):
    assert explain_os_error(OSError(number, "reason"), "a.gpkg").code == code


def test_figures_follow_the_language_of_the_reader_also_when_restated():
    told = make_problem("areas.overlap", name="A", other="B", area=Figure(1048.62), later="B")
    assert "1,048.6" in told.message
    stored = json.loads(json.dumps(told.for_storage()))
    set_language("id")
    try:
        assert "1.048,6" in restate(stored)["message"]
    finally:
        set_language("en")

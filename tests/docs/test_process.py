"""The page about the process says what the moves, the guards and the rule sets say."""

from models.stages import OPEN, Stage
from states.moves import MOVES
from tools.draw_process import PAGE, WORDS, process_page

README = PAGE.parent.parent / "README.md"


class TestTheProcessPage:
    """Drawn, never written: whoever changes a move draws it again (tools/draw_process.py)."""

    def test_is_what_the_tool_draws(self) -> None:
        assert PAGE.read_text(encoding="utf-8") == process_page()

    def test_has_every_stage_and_every_move(self) -> None:
        page = process_page()

        assert [stage for stage in Stage if f"| `{stage}` |" not in page] == []
        assert [move.name for move in MOVES if f"\n| `{move.name}` |" not in page] == []

    def test_the_tool_has_no_words_for_guards_that_are_gone(self) -> None:
        used = {guard for move in MOVES for guard in (*move.asks, *move.unless)}

        assert set(WORDS) <= used


class TestTheReadme:
    """Its small picture has the six stages that people see, in their order."""

    def test_names_the_six_stages_in_order(self) -> None:
        picture = README.read_text(encoding="utf-8").partition("```mermaid")[2].partition("```")[0]
        six = dict.fromkeys(stage.parent for stage in (*OPEN, Stage.DESIGNATION))

        drawn = [line.split()[-1] for line in picture.splitlines() if line.strip().startswith("state ")]

        assert drawn == list(six)

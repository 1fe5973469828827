"""Answered sheets to deal out: scored once, so that thousands of candidacies need not be."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from models.candidacies import Level
from rulesets.answers import Answers, contradictions
from rulesets.figures import decimals
from rulesets.lke import Item, Lke, Question
from rulesets.ruleset import RuleSet
from rulesets.scoring import Scored, score
from rulesets.thresholds import held_against
from states.lke.summary import figures_of, unmet_of

DEALT = 60  # sheets of each kind
GOOD, FAIR = (0.93, 1.0), (0.55, 0.95)  # how likely the best answer is


@dataclass(frozen=True)
class Sheet:
    """One layer's answers, with all that is kept beside them."""

    number: int
    rules: RuleSet
    answers: Answers

    @cached_property
    def scored(self) -> Scored:
        return score(self.rules.lke, self.answers)

    @cached_property
    def total(self) -> str:
        return decimals(self.scored.total.score)

    @cached_property
    def figures(self) -> str:
        return figures_of(self.scored)

    @cached_property
    def unmet(self) -> Mapping[Level, str]:
        return {level: unmet_of(self.rules, self.scored, level) for level in Level}

    @cached_property
    def proven(self) -> tuple[str, ...]:
        """Questions that score and so have to be proven."""
        asking = self.rules.lke.asking_evidence
        return tuple(code for code, one in self.scored.questions.items() if one.value and code in asking)

    @cached_property
    def items(self) -> tuple[tuple[str, str, str | None], ...]:
        """Item, value, and whose survey the value is of."""
        all_items = self.rules.lke.items
        return tuple(
            (item, value, "unit" if all_items[item].question.survey else None) for item, value in self.answers.items()
        )

    def passes(self, level: Level) -> bool:
        return all(held.met for held in held_against(self.rules.thresholds, self.scored, level))


@dataclass(frozen=True)
class Pack:
    """The sheets of one rule set; a TPI's is of the same number as the unit's that it assesses."""

    begun: tuple[Sheet, ...]  # by the unit, and not whole
    whole: tuple[Sheet, ...]
    assessed: tuple[Sheet, ...]  # by the TPI
    assessing: tuple[Sheet, ...]  # by the TPI, and not whole
    passing: Mapping[Level, tuple[int, ...]]  # the numbers that meet the thresholds

    def said(self) -> Mapping[int, Sheet]:
        """By their own numbers, which are unique in the pack."""
        return {sheet.number: sheet for sheet in (*self.begun, *self.whole, *self.assessed, *self.assessing)}


def make_pack(rules: RuleSet, chance: Random) -> Pack:
    lke = rules.lke
    answers = [_answered(lke, chance.uniform(*(GOOD if number % 2 else FAIR)), chance) for number in range(DEALT)]
    lower = [_lowered(lke, one, chance) for one in answers]
    begun = [_beginning(_answered(lke, chance.uniform(*FAIR), chance), chance.uniform(0.1, 0.95)) for _ in range(DEALT)]
    layers = (answers, lower, begun, [_beginning(one, chance.uniform(0.1, 0.9)) for one in lower])
    whole, assessed, first, assessing = (
        tuple(Sheet(kind * DEALT + number, rules, one) for number, one in enumerate(layer))
        for kind, layer in enumerate(layers)
    )
    passing = {level: tuple(at for at, sheet in enumerate(assessed) if sheet.passes(level)) for level in Level}
    return Pack(first, whole, assessed, assessing, passing)


def _answered(lke: Lke, quality: float, chance: Random) -> dict[str, str]:
    answers = {code: _answer(item, quality, chance) for code, item in lke.items.items()}
    for question in contradictions(lke, answers):
        _agree(lke, question, answers)
    return answers


def _answer(item: Item, quality: float, chance: Random) -> str:
    if item.letters:
        best_first = sorted(item.letters, key=lambda letter: -item.letters[letter])  # type: ignore[index]
        return best_first[0] if chance.random() < quality else chance.choice(best_first)
    if item.question.portion:
        return f"{float(item.question.portion.most) * (0.8 + 0.2 * quality * chance.random()):.2f}"
    return str(chance.randint(10, 60))


def _agree(lke: Lke, question: Question, answers: dict[str, str]) -> None:
    """No part is more than its whole: as many did it as had to."""
    for item in lke.items_of[question.code]:
        answers[item.code] = answers[lke.items_of[question.code][0].code]


def _lowered(lke: Lke, answers: Answers, chance: Random) -> dict[str, str]:
    """What the TPI makes of them: now and then a letter less."""
    lower = dict(answers)
    for code, value in answers.items():
        letters = lke.items[code].letters
        if letters and chance.random() < 0.04:  # noqa: PLR2004 - four in a hundred
            below = [letter for letter in letters if letters[letter] < letters[value]]
            lower[code] = below[0] if below else value
    return lower


def _beginning(answers: Answers, part: float) -> dict[str, str]:
    return dict(list(answers.items())[: max(1, round(len(answers) * part))])


def said_in_trail(sheet: Sheet) -> list[dict[str, str | None]]:
    """As the trail has them."""
    return [{"item": item, "before": None, "after": value} for item, value, _ in sheet.items]

"""From what people and workbooks say to the one way an answer is stored; what can't be taken says why.

Stored: a scale's own word ("Ya", "B"), a count ("12"), or a decimal with a point ("3.6"). Nothing is a blank.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from rulesets.figures import short
from rulesets.formulas import Portion
from rulesets.lke import Item, Lke, Question

Answers = Mapping[str, str]
"""By item; blanks are left out."""

Raw = str | int | float | Decimal | None

FLOAT_DIGITS = 12  # a spreadsheet's 3.6 may be 3.5999999999999996; the noise is beyond these
MOST_COUNT = 10_000_000
DECIMALS = 6
FINEST = 30  # places after the point that are looked at, if only to find them to be zeros

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}([.,][0-9]{1,30})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]+[.,][0-9]{3}")  # 1.000 is a thousand to some and one to others


class BadAnswer(ValueError):
    """The answer can't be taken; `key` and `params` say why, in the catalogues' words."""

    def __init__(self, key: str, **params: str | int) -> None:
        self.key = key
        self.params = params
        super().__init__(key)


def read_answer(item: Item, raw: Raw) -> str | None:
    """The answer as it is stored, None for a blank. Raises BadAnswer.

    A float is a spreadsheet's number and is cut to 12 significant digits; text may have a decimal comma.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if item.letters is not None:
        return _letter(item, raw)
    number = _decimal(raw)
    if number < 0:
        raise BadAnswer("negative", value=str(number))
    if item.question.portion:
        return _portion(item.question.portion, number)
    if number > MOST_COUNT:
        raise BadAnswer("too_many", value=str(number), most=MOST_COUNT)
    if isinstance(raw, str) and _THOUSANDS.fullmatch(raw.strip()):
        raise BadAnswer("thousands", value=raw.strip())
    if number != number.to_integral_value():
        raise BadAnswer("not_whole", value=str(number))
    return str(int(number))


def numbers_of(lke: Lke, question: Question, answers: Answers) -> dict[str, Fraction] | None:
    """The counts that the question's formula needs, or None while one of them is a blank."""
    assert question.formula  # noqa: S101 - only formulas have counts
    needed = {item.input.key: item.code for item in lke.items_of[question.code] if item.input and not item.data_only}
    if not all(code in answers for code in needed.values()):
        return None
    return {key: Fraction(answers[code]) for key, code in needed.items()}


def contradictions(lke: Lke, answers: Answers) -> list[Question]:
    """Questions whose part is more than the whole it is counted out of."""
    found: list[Question] = []
    for question in lke.questions.values():
        numbers = numbers_of(lke, question, answers) if question.formula else None
        if question.formula and numbers and question.formula.contradicts(numbers):
            found.append(question)
    return found


def _letter(item: Item, raw: Raw) -> str:
    said = str(raw).strip().casefold()
    for letter in item.letters or ():
        if letter.casefold() == said:
            return letter
    raise BadAnswer("not_on_scale", value=str(raw).strip(), known=", ".join(item.letters or ()))


def _decimal(raw: Raw) -> Decimal:
    if isinstance(raw, bool):
        raise BadAnswer("not_a_number", value=str(raw))
    if isinstance(raw, float):
        return _finite(Decimal(f"{raw:.{FLOAT_DIGITS}g}"))
    if isinstance(raw, (int, Decimal)):
        return _finite(Decimal(raw))
    text = str(raw).strip()
    if not _NUMBER.fullmatch(text):
        raise BadAnswer("not_a_number", value=text)
    return Decimal(text.replace(",", "."))


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise BadAnswer("not_a_number", value=str(number))
    return number


def _portion(portion: Portion, number: Decimal) -> str:
    if int(number.as_tuple().exponent) < -FINEST:  # the fraction of 1e-999999999 would fill the memory
        raise BadAnswer("too_many_decimals", value=str(number), most=DECIMALS)
    if number > MOST_COUNT or Fraction(number) > portion.most:
        raise BadAnswer("over_the_most", value=str(number), most=short(portion.most))
    text = f"{number.copy_abs():f}"  # there is a zero below zero
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if len(text.partition(".")[2]) > DECIMALS:
        raise BadAnswer("too_many_decimals", value=text, most=DECIMALS)
    return text

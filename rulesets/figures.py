"""From exact fractions to the decimals people read. Comparisons are made before this, on the fraction itself."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

PLACES = Decimal("0.0001")
FEW = Decimal("0.01")


def decimals(value: Fraction) -> str:
    """Four decimals, rounded half up."""
    return str(_decimal(value).quantize(PLACES, rounding=ROUND_HALF_UP))


def floored(value: Fraction) -> str:
    """Four decimals, rounded down: for what somebody will hold against a threshold later."""
    return str(_decimal(value).quantize(PLACES, rounding=ROUND_FLOOR))


def reached(actual: Fraction, required: Fraction) -> str:
    """Four decimals of what was reached: never up to a threshold that it misses."""
    return decimals(actual) if actual >= required else str(_decimal(actual).quantize(PLACES, rounding=ROUND_FLOOR))


def short(value: Fraction) -> str:
    """As people write it: 2.5, 0.67, 75; four decimals at the most."""
    return _trimmed(Decimal(decimals(value)))


def at_most(value: Fraction) -> str:
    """For a table: two decimals, rounded down, so that 59.999 does not look like 60."""
    return str(_decimal(value).quantize(FEW, rounding=ROUND_FLOOR))


def at_least(value: Fraction) -> str:
    """What is missing: two decimals, rounded up, so that something that is missing never looks like nothing."""
    return str(_decimal(value).quantize(FEW, rounding=ROUND_CEILING))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _trimmed(number: Decimal) -> str:
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text

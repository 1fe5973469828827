"""Who plays in the story, and where."""

ADMIN = "admin@contoh.invalid"
RECORDER = "pencatat@contoh.invalid"  # notes what was published; has no other part in the story
KOORDINATOR = "koordinator@contoh.invalid"
SECOND = "koordinator2@contoh.invalid"
TPI = "tpi@contoh.invalid"  # leads the team: bound to no area
PIMPINAN = "bupati@contoh.invalid"
AUDITOR = "auditor@contoh.invalid"
TPI_MEMBER = "tpi2@contoh.invalid"  # assesses some areas

CYCLE = "CONTOH-2026"
UNITS = ("RSUD", "DUKCAPIL", "DPMPTSP", "PKM-UTARA", "PKM-TENGAH", "PKM-SELATAN", "KEC-KOTA")


def code(unit: str) -> str:
    return f"CONTOH-{unit}-2026"


def head(unit: str) -> str:
    return f"kepala.{unit.lower()}@contoh.invalid"


def pokja(unit: str) -> str:
    return f"pokja.{unit.lower()}@contoh.invalid"

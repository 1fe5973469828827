"""How far apart clocks may be."""

from datetime import timedelta

AHEAD = timedelta(hours=1)  # by which machines' clocks may differ; what lies further ahead was noted by a wrong one

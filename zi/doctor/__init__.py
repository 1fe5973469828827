"""Whether the reminder engine is alive: checks, each with what it saw and what to do."""

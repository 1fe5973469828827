"""The trail told again: where every candidacy stands, from its records alone; and how the tables differ from it."""

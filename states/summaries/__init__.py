"""The summary for an agency's head: gathered, drafted, and released by the koordinator."""

"""What others do, each in a process of the bench's own environment: only the standard library and that peer.

A peer makes its own SQLite file with the settings that ours has: write-ahead log, `synchronous = FULL`, foreign keys,
BEGIN IMMEDIATE. It then does as many moves as each line of its input says, and answers with the seconds they took.
"""

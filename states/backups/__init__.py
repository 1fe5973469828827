"""Backups: taken while everything goes on, read back with suspicion, restored whole or not at all."""

"""Prefect flows: thin shells over plain functions. Each module is one flow; nothing here imports Prefect."""

"""Accounts of the web pages: who may sign in, and what is open."""

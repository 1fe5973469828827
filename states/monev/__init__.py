"""Monev: monitoring and evaluation. Pure rules over what was observed, and the sweep that keeps findings."""

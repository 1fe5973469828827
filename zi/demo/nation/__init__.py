"""A made-up nation of any size: what an installation for all agencies would hold after a year, for tries and measures."""

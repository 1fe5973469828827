"""A made-up nation of any size: what an installation for all agencies holds after a year, to try and to measure."""

"""The trail as files that others can check: what is written into them, and the program that checks them."""

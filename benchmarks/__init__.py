"""What things cost, measured; run by `make bench-web`. Nothing here is imported by the product."""

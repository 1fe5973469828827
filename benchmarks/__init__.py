"""What things cost, measured side by side; run by `make bench`. Nothing here is imported by the product.

A topic is a module with `measure(size) -> Iterator[Row]`. Its docstring is shown in docs/performance.md: the first line
as a heading, the rest as what one should know of how it was measured.
"""

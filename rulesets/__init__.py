"""Rule sets as data: what a regulation asks at each step. A cycle is pinned to one of them."""

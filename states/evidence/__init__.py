"""Evidence: what proves the answers, its versions, its reviews, and what is missing."""

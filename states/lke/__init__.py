"""The LKE at work: who may answer which layer when, what is stored, and what it comes to."""

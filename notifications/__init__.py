"""Who hears what, how and when: the outbox becomes deliveries, and `send.py` alone sends them."""

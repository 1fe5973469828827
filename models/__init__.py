"""Tables, settings, the database and the trail: what everything else stands on."""

"""The action plan (rencana aksi): its items added, reported on, dropped, listed and exported."""

"""One module per noun; each command reads its words, calls one service, and shows what came of it."""

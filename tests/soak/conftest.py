"""Long tests, left out of every run that does not ask for them: ZI_TEST_SOAK=1, as `make soak` does."""

import os

collect_ignore_glob = [] if os.environ.get("ZI_TEST_SOAK") == "1" else ["test_*.py"]

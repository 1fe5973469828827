"""Asks a Prefect server: to know our flows in several parts, and to run each part once."""

import json
import subprocess
import urllib.request
from collections.abc import Mapping
from typing import Any

from tools.many.agency import ZI
from tools.many.machines import WaitedInVain, wait_until

ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def deploy(environment: Mapping[str, str], *, parts: int) -> tuple[str, list[str]]:
    """As many shards and senders as parts; returns the work pool, and the names of all deployments."""
    words = [ZI, "deploy", "--shards", str(parts), "--senders", str(parts), "--json"]
    said = subprocess.run(words, env=dict(environment), capture_output=True, text=True, check=False)  # noqa: S603
    if said.returncode:
        raise WaitedInVain(f"zi deploy ended with {said.returncode}: {said.stdout}{said.stderr}")
    document = json.loads(said.stdout)
    return str(document["pool"]), [one["name"] for one in document["deployments"]]


def run_parts(url: str, flow: str, *, parts: int) -> None:
    """One run of each part, all at once; waits until they have ended, and raises WaitedInVain unless all did well."""
    begun = []
    for part in range(1, parts + 1):
        deployment = ask(f"{url}/deployments/name/{flow}/{flow}-{part}")
        run = ask(f"{url}/deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})
        begun.append(run["id"])
    states: dict[str, str] = {}

    def ended() -> bool:
        states.update({run: ask(f"{url}/flow_runs/{run}")["state_type"] for run in begun})
        return all(state in ENDED for state in states.values())

    wait_until(ended, what=f"the end of {flow}")
    if set(states.values()) != {"COMPLETED"}:
        raise WaitedInVain(f"runs of {flow} ended as {sorted(states.values())}")


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)

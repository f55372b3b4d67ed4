"""`custdkim-lab up` beside a test, as a world with customers in it."""

import http.client
import json
import os
from pathlib import Path

from world import PATIENCE_SECONDS, Program

LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")


class Lab(Program):
    def __init__(self, world):
        self.state = state = Path(world.directory) / "state"
        super().__init__(world.directory, "lab", [LAB, "up", "--state", str(state), "--dns", "0", "--http", "0"])
        world.remember(self)
        self.wait_ready((state / "endpoints.json").exists)
        self.endpoints = json.loads((state / "endpoints.json").read_text())
        self.token = Path(self.endpoints["token_file"]).read_text().strip()
        self.dns_port = int(self.endpoints["dns"].rsplit(":", 1)[1])
        self.api_address = self.endpoints["api"].removeprefix("http://")

    def call(self, endpoint, method, path, document=None):
        connection = http.client.HTTPConnection(self.endpoints[endpoint].removeprefix("http://"), timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, None if document is None else json.dumps(document),
                               {"Authorization": f"Bearer {self.token}"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        finally:
            connection.close()
        if response.status not in (200, 201):
            raise AssertionError(f"{method} {path} was answered {response.status}: {answer}")
        return answer

    def activate(self, domain, kind):
        """A key that signs, in a domain whose CNAMEs are right."""
        self.call("api", "POST", "/v1/keys", {"domain": domain, "type": kind})
        self.call("lab", "PUT", f"/v1/customers/{domain}", {"misconfiguration": "healthy"})
        return self.call("api", "POST", f"/v1/keys/{domain}/activate")


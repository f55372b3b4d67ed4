"""What a scrape of /metrics has, as a program reads it that is not Prometheus."""

import http.client
import re

from world import HOST

SAMPLE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


class Scrape:
    def __init__(self, text):
        self.text = text
        self.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
        self.samples = []
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            name, labels, value = SAMPLE.match(line).groups()
            self.samples.append((name, dict(LABEL.findall(labels or "")), float(value)))

    def value(self, name, **labels):
        """The sum of all samples that have these labels."""
        found = [v for n, have, v in self.samples if n == name and labels.items() <= have.items()]
        if not found:
            raise AssertionError(f"there is no sample of {name} with {labels}")
        return sum(found)


def get(port, path="/metrics", token=None, method="GET"):
    """(status, content type, text)"""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {token}"} if token else {})
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read().decode()
    finally:
        connection.close()


def scrape(world):
    status, _, text = get(world.api_port, token=world.token)
    if status != 200:
        raise AssertionError(f"/metrics answered {status}: {text}")
    return Scrape(text)

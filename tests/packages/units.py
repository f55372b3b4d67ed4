"""Unit files as systemd reads them (systemd.syntax(7)), so far as ours need it: `Unit(path)["Service", "User"]`."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "packaging" / "systemd"


class Unit:
    def __init__(self, path):
        self.path = Path(path)
        self.entries = []  # (section, name, value), in order: an entry may be there more than once
        section = None
        for line in self.path.read_text().splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif line and not line.startswith("#"):
                name, value = line.split("=", 1)
                self.entries.append((section, name, value))

    def all(self, section, name):
        return [value for of, is_name, value in self.entries if (of, is_name) == (section, name)]

    def __getitem__(self, where):
        """The only value of an entry."""
        [value] = self.all(*where)
        return value

    def names(self, section):
        return {name for of, name, _ in self.entries if of == section}


SERVICE = FOLDER / "custdkim.service"
MILTER = FOLDER / "custdkim-milter.service"
SOCKET = FOLDER / "custdkim.socket"

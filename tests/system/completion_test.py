"""Completion of words, in a real bash and a real zsh, on a terminal: somebody types and presses the tab key."""

import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest
from pathlib import Path

from world import PATIENCE_SECONDS, PROGRAM, WorldTest

LAB = os.environ.get("CUSTDKIM_LAB", "custdkim-lab")


class Terminal:
    """A shell on a terminal of its own, with the completion scripts of our programs."""

    def __init__(self, world, command, begin):
        self.folder = world.directory / "bin"
        self.folder.mkdir(exist_ok=True)
        for name, program in (("custdkim", PROGRAM), ("custdkim-lab", LAB)):
            if not (self.folder / name).exists():
                (self.folder / name).symlink_to(Path(shutil.which(program)).resolve())
        environment = {"PATH": f"{self.folder}:/usr/bin:/bin", "HOME": str(world.directory), "TERM": "dumb", "PS1": "",
                       "CUSTDKIM_API": f"http://127.0.0.1:{world.api_port}",
                       "CUSTDKIM_TOKEN_FILE": str(world.token_file), "LC_ALL": "C.UTF-8", "COLUMNS": "200"}
        self.process, self.fd = self.start(command, environment, world.directory)
        self.seen = ""
        self.say(begin + "; echo rea''dy\n")
        self.wait_for("ready")

    @staticmethod
    def start(command, environment, directory):
        master, slave = pty.openpty()
        process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=directory,
                                   start_new_session=True)
        os.close(slave)
        return process, master

    def say(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, pattern):
        """What was printed up to there, since the last call."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := re.search(pattern, self.seen)):
            if time.monotonic() > deadline:
                raise AssertionError(f"no {pattern!r} in: {self.seen!r}")
            if select.select([self.fd], [], [], 0.1)[0]:
                self.seen += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r|\x07", "", os.read(self.fd, 65536).decode(errors="replace"))
        before, self.seen = self.seen[:found.end()], self.seen[found.end():]
        return before

    def complete(self, typed, expected):
        """What a press of the tab key makes of what was typed."""
        self.say(f"{typed}\t")
        self.wait_for(re.escape(expected))
        self.say("\x15")  # Ctrl-U: away with it

    def offer(self, typed, *expected):
        """What a second press lists."""
        self.say(f"{typed}\t\t")
        for word in expected:
            self.wait_for(re.escape(word))
        self.say("\x15")

    def close(self):
        os.close(self.fd)
        self.process.kill()
        self.process.wait()


class CompletionTest(WorldTest):
    shells = {
        "bash": (["bash", "--norc", "--noprofile", "-i"],
                 "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; "
                 "source <(custdkim completion bash); source <(custdkim-lab completion bash)"),
        "zsh": (["zsh", "-f", "-i"],
                "unsetopt prompt_sp zle_bracketed_paste; autoload -Uz compinit; compinit -u -D; "
                "source <(custdkim completion zsh); source <(custdkim-lab completion zsh)"),
    }

    @classmethod
    def setUpClass(cls):
        cls.make_world()
        cls.world.start_custdkim()
        cls.world.create_key("acme.example")
        cls.world.create_key("zebra.example")
        (cls.world.directory / "letters").mkdir()
        (cls.world.directory / "letters" / "old.db").touch()

    def check(self, shell):
        terminal = Terminal(self.world, *self.shells[shell])
        self.addCleanup(terminal.close)
        for typed, expected in (
            ("custdkim diag", "custdkim diagnose "),
            ("custdkim key cr", "custdkim key create "),
            ("custdkim key create --alt", "custdkim key create --alternate-selector "),
            ("custdkim key create --type e", "custdkim key create --type ed25519 "),
            ("custdkim key create --type=e", "custdkim key create --type=ed25519"),
            ("custdkim key show z", "custdkim key show zebra.example "),
            ("custdkim zone export c", "custdkim zone export custdkim.example.net "),
            ("custdkim restore lett", "custdkim restore letters/"),
            ("custdkim restore letters/o", "custdkim restore letters/old.db "),
            ("custdkim token create x --scope read,op", "custdkim token create x --scope read,operate "),
            ("custdkim org set default --unsigned p", "custdkim org set default --unsigned pass "),
            ("custdkim sender list --status w", "custdkim sender list --status waiting "),
            ("custdkim completion z", "custdkim completion zsh "),
            ("custdkim-lab customer set acme.example cname-prox", "custdkim-lab customer set acme.example cname-proxied "),
        ):
            with self.subTest(typed):
                terminal.complete(typed, expected)
        terminal.offer("custdkim token create x --scope read,", "read,operate", "read,sign")
        terminal.offer("custdkim key create --match domain", "domain", "domain-and-subdomains")

    def test_bash(self):
        """bash completes verbs, options, values, domains of keys, zones and files"""
        self.check("bash")

    def test_zsh(self):
        """zsh does so, too"""
        self.check("zsh")

    def test_scripts(self):
        """The script for bash is clean, and that of no other shell is there"""
        script = self.world.run("completion", "bash").stdout
        checked = subprocess.run(["shellcheck", "--shell=bash", "-"], input=script, capture_output=True, text=True,
                                 check=False)
        self.assertEqual(checked.stdout, "")
        done = self.world.run("completion", "fish")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, "custdkim: there is no completion for 'fish'; there is for bash and zsh\n")


if __name__ == "__main__":
    unittest.main()

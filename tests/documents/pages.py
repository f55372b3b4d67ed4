"""Types a page's console blocks into a shell, and compares what that prints with what the page shows.

A line that begins with "$ " is a command; lines below it that begin with "> " go on with it. The rest is what it prints:
"..." stands for anything on its line, a line of it for any lines. A record label (s1.q7w2ka.custdkim.example.net) stands
for whichever was drawn, from there to the end of the page. A command of which nothing is shown must end with 0.
"""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import page_text
from world import PATIENCE_SECONDS

LABEL = r"(?<=s[123]\.)[a-z0-9]{6}(?=\.custdkim\.example\.net)"


@dataclass(frozen=True)
class Step:
    line: int
    command: str
    expected: str | None  # None: nobody looks


def steps(text, runner=None):
    """Of all console blocks of a page that say where they run, in order; and of those that this runner has to run."""
    found = []
    for part in page_text.parts(text):
        if isinstance(part, page_text.Meanwhile):
            found.append(Step(part.line, part.command, None))
        elif part.is_shell and part.run_in and not part.not_run and part.run_by in ("", runner):
            found += steps_of(part)
    return found


def steps_of(block):
    typed = []  # (line, lines of the command, lines that it prints)
    for line, text in enumerate(block.text.splitlines(), block.line + 1):
        if text.startswith("$ "):
            typed.append((line, [text[2:]], []))
        elif not typed:
            raise AssertionError(f"line {line} of the page: a console block begins with a command, '$ ' in front")
        elif text.startswith(">") and not typed[-1][2]:
            typed[-1][1].append(text[2:])
        else:
            typed[-1][2].append(text)
    return [Step(line, "\n".join(command), "\n".join(expected)) for line, command, expected in typed]


def pages_in(kind):
    """Pages with something to run in shells of a kind."""
    return [page for page in page_text.pages()
            if any(isinstance(part, page_text.Block) and part.run_in == kind for part in page_text.parts(page.read_text()))]


class Labels:
    """The record labels of a page, and those that were drawn in their place."""

    def __init__(self):
        self.drawn = {}

    def here(self, text):
        return re.sub(LABEL, lambda label: self.drawn.get(label[0], label[0]), text)

    def matches(self, expected, output):
        """Whether the output is as expected; learns the labels that were not known."""
        found = re.fullmatch(self.pattern(expected), output if output.endswith("\n") or not output else output + "\n")
        if found:
            self.drawn |= {name.removeprefix("label_"): label for name, label in found.groupdict().items()}
        return found is not None

    def pattern(self, expected):
        named = set()

        def label_pattern(label):
            name = f"label_{label[0]}"
            if label[0] in self.drawn.values():
                return label[0]
            if name in named:
                return f"(?P={name})"
            named.add(name)
            return f"(?P<{name}>[a-z0-9]{{6}})"

        pattern = ""
        for line in expected.splitlines():
            if line == "...":
                pattern += r"(?:.*\n)*"
                continue
            words = [r"[^\n]*".join(map(re.escape, word.split("..."))) for word in line.split()]
            pattern += r"[ \t]*" + r"[ \t]+".join(words) + r"[ \t]*\n"
        return re.sub(LABEL.replace(r"\.", r"\\\."), label_pattern, pattern)


class Shell:
    """A bash that goes on, from one command to the next, with its directory and its variables. `inside` is a command in
    front that changes to another root, which the directory is in."""

    def __init__(self, directory, environment, inside=()):
        self.directory = shlex.quote(str(directory))
        self.memory = shlex.quote(str(Path(directory) / ".shell"))
        self.environment = environment
        self.inside = inside

    def run(self, command):
        """(what it printed, exit code)."""
        script = (f"cd {self.directory}; set -a; [ ! -f {self.memory} ] || . {self.memory}\n{command}\nstatus=$?\n"
                  f"{{ export -p; printf 'cd %q\\n' \"$PWD\"; }} > {self.memory}; exit $status")
        done = subprocess.run([*self.inside, "bash", "-c", script], env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=PATIENCE_SECONDS * 2, check=False)
        return done.stdout, done.returncode


def type_page(test, page, run, here=lambda text: text, runner=None):
    """Types all of a page. run(command) returns what it printed and its exit code; here(text) puts what is this machine's
    in the place of what is the page's. Each difference is a failure of a subtest. Returns the number of steps."""
    labels, todo = Labels(), steps(page.read_text(), runner)
    for step in todo:
        with test.subTest(f"{page.name}:{step.line}: {step.command}"):
            output, status = run(labels.here(here(step.command)))
            told = f"{page.name}:{step.line}: $ {step.command}\nended with {status} and printed:\n{output}"
            if step.expected is None:
                test.assertEqual(status, 0, told)
                continue
            test.assertTrue(labels.matches(labels.here(here(step.expected)), output),
                            f"{told}--- where the page shows:\n{step.expected}")
            if not step.expected.strip(".\n"):
                test.assertEqual(status, 0, told)
    return len(todo)

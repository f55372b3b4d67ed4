"""Markdown as this project writes it: code blocks with what is said of running them, headings and links.

What is said of running a block stands in comments, which readers do not see:

    <!-- run in: lab -->             the page's console blocks, from here on, are typed into a shell of this kind
    <!-- meanwhile: COMMAND -->      what somebody else does between two blocks; typed, too
    <!-- run by: FILE -->            right above a block: FILE, from the root of the tree, runs it
    <!-- not run: REASON -->         right above a block: nobody runs it, and why
    <!-- run by from here on: FILE -->   of all blocks down to the next 'run in'
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)(```+|~~~+)\s*(\S*)\s*$")
COMMENT = re.compile(r"^\s*<!-- (run in|meanwhile|run by|not run|run by from here on): (.*?) -->\s*$")
HEADING = re.compile(r"^(#{1,6}) +(.*?)(?: +#+)?$")
COMMANDS = (r"custdkim|custdkim-lab|pdnsutil|pdns_control|pdns_server|systemctl|systemd-\w+|journalctl|nft|iptables|dig|kdig|"
            r"delv|curl|cmake|ctest|cpack|useradd|adduser|chown|chmod|install|sqlite3|rm|cp|mv|cat|cd|export|docker|"
            r"docker-compose|apt|apt-get|dpkg|ip|unshare|python3|node|go|g\+\+|runuser|sudo|openssl|jq|mkdocs|git|"
            r"(?:scripts|tests|build|docker)/\S+|\.ci/run")
SHELL_LINE = re.compile(rf"^\s*(?:\$ |\(umask |(?:{COMMANDS})(?:\s|$))")
SHELL_LANGUAGES = {"console", "sh", "bash", "shell"}


@dataclass(frozen=True)
class Block:
    line: int  # of the file, from 1
    language: str  # of the fence; "" where there is none
    text: str
    run_in: str = ""
    run_by: str = ""
    not_run: str = ""
    section: str = ""  # the heading above

    @property
    def is_shell(self):
        """By what it says it is, else by what is in it. How a program is called in general is no command."""
        if self.language:
            return self.language in SHELL_LANGUAGES
        return self.section != "SYNOPSIS" and any(map(SHELL_LINE.match, self.text.splitlines()))


@dataclass(frozen=True)
class Meanwhile:
    line: int
    command: str


def pages(root=ROOT):
    """All Markdown files of the tree, but not what was built or fetched."""
    found = [path for path in root.rglob("*.md")
             if not any(part == "build" or part.startswith(".") for part in path.relative_to(root).parts)]
    return sorted(found)


def parts(text):
    """Blocks and what happens meanwhile, in order."""
    lines = text.splitlines()
    found, at = [], 0
    usual, said, section = {}, {}, ""  # what is said of all blocks, of the next one
    while at < len(lines):
        line = lines[at]
        if comment := COMMENT.match(line):
            kind, what = comment.groups()
            if kind == "run in":
                usual = {"run_in": what}
            elif kind == "run by from here on":
                usual = {"run_by": what}
            elif kind == "meanwhile":
                found.append(Meanwhile(at + 1, what))
            else:
                said = {kind.replace(" ", "_"): what}
            at += 1
            continue
        fence = FENCE.match(line)
        indented = line.startswith("    ") and (at == 0 or not lines[at - 1].strip() or said)
        if fence:
            end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == fence[2]), len(lines))
            body = [text_line.removeprefix(fence[1]) for text_line in lines[at + 1:end]]
            found.append(Block(at + 1, fence[3], "\n".join(body) + "\n", section=section, **usual | said))
            at, said = end + 1, {}
        elif indented:
            end = next((i for i in range(at, len(lines)) if lines[i].strip() and not lines[i].startswith("    ")),
                       len(lines))
            body = "\n".join(lines[at:end]).rstrip() + "\n"
            found.append(Block(at + 1, "", body, section=section, **usual | said))
            at, said = end, {}
        else:
            if heading := HEADING.match(line):
                section = heading[2]
            if line.strip():
                said = {}
            at += 1
    return found


def without_code(text):
    """The same lines, with those of code blocks empty, and without what is in back quotes."""
    lines = text.splitlines()
    for block in parts(text):
        if isinstance(block, Block):
            count = len(block.text.splitlines()) + (2 if FENCE.match(lines[block.line - 1]) else 0)
            for at in range(block.line - 1, min(block.line - 1 + count, len(lines))):
                lines[at] = ""
    return "\n".join(lines)


def anchor(heading):
    """As GitHub makes it, and mkdocs: lower case, without what is no letter, digit, space, hyphen or underscore."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    kept = [c for c in unicodedata.normalize("NFC", shown) if c.isalnum() or c in " -_"]
    return "".join(kept).replace(" ", "-")


def anchors(text):
    """Those of all headings; the second of the same name has -1 behind it."""
    counted, found = {}, set()
    for line in without_code(text).splitlines():
        if heading := HEADING.match(line):
            name = anchor(heading[2])
            number = counted.get(name, 0)
            counted[name] = number + 1
            found.add(f"{name}-{number}" if number else name)
    return found


def links(text):
    """(line, target) of each inline link and each autolink, in prose."""
    prose = re.sub(r"`[^`\n]*`", lambda code: " " * len(code[0]), without_code(text))
    for found in re.finditer(r"\]\(\s*<?([^\s)>]+)>?(?:\s+\"[^\"]*\")?\s*\)|<(https?://[^>\s]*)>", prose):
        yield prose.count("\n", 0, found.start()) + 1, found[1] or found[2]

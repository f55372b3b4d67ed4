"""What is wrong with the documents: shell blocks that nobody runs, and links that lead nowhere. A complaint is a line."""

import re
from urllib.parse import unquote, urlsplit

import page_text

# What pages_test.py, machine_test.py and containers_test.py know.
KINDS = {"lab", "shell", "machine", "containers"}


def unrun_blocks(path, root=page_text.ROOT):
    """Shell blocks of a page that are neither run nor marked, and marks that are not true."""
    for block in page_text.parts(path.read_text()):
        if not isinstance(block, page_text.Block) or not block.is_shell:
            continue
        where = f"{path.relative_to(root)}:{block.line}: "
        if block.not_run:
            if len(block.not_run.split()) < 3:
                yield where + f"'{block.not_run}' is no reason why this block is not run"
        elif block.run_by:
            yield from (where + complaint for complaint in not_run_by(block, path, root))
        elif not block.run_in:
            yield where + ("a shell block that nobody runs: say 'run in' at the top of the page, 'run by' or 'not run' "
                           "right above the block, as tests/documents/page_text.py explains")
        elif block.run_in not in KINDS:
            yield where + f"there is no kind of shell '{block.run_in}' to run this in; there are {sorted(KINDS)}"
        elif block.language != "console":
            yield where + "what is run is a ```console block, with what it prints"


def not_run_by(block, path, root):
    """A file that reads the page may run all of its blocks; another one must have every command in it."""
    runner = root / block.run_by
    if not runner.is_file():
        return [f"'{block.run_by}', which is to run this block, is no file"]
    text = runner.read_text()
    if str(path.relative_to(root)) in text:
        return []
    return [f"{block.run_by} is to run this block, and does not have: {command}"
            for command in commands(block.text) if command not in text]


def commands(text):
    """Those of a block: lines after a prompt where there is one, else all; without what is said of them."""
    lines = [line.strip() for line in text.splitlines()]
    typed = [line[2:] for line in lines if line.startswith("$ ")] or lines
    bare = [re.sub(r"\s+#\s.*$", "", line) for line in typed]
    return [line for line in bare if line and not line.startswith("#")]


def dead_links(path, root=page_text.ROOT):
    """Links to files and headings that are not there; of other sites only the form is looked at."""
    for line, target in page_text.links(path.read_text()):
        where = f"{path.relative_to(root)}:{line}: "
        parts = urlsplit(target)
        if parts.scheme in ("http", "https"):
            if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?", parts.netloc):
                yield where + f"'{target}' has no host"
            continue
        if parts.scheme:
            yield where + f"'{target}' is no link that a page may have"
            continue
        file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not file.is_relative_to(root) or not file.exists():
            yield where + f"'{target}' leads to no file"
        elif parts.fragment and file.suffix == ".md" and parts.fragment not in page_text.anchors(file.read_text()):
            yield where + f"'{target}': there is no such heading in {file.relative_to(root)}"

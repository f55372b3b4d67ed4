"""What mkdocs does with our pages: anchors are those that GitHub makes; a link that leads out of docs/ becomes text, since
the site has no sources; and what belongs to an item of a list is four columns in, as Python's Markdown wants it.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "documents"))

from page_text import anchor  # noqa: E402

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def on_config(config, **_):
    config["mdx_configs"]["toc"] = {**config["mdx_configs"].get("toc", {}), "slugify": lambda text, _: anchor(text)}
    return config


def on_page_markdown(markdown, page, config, **_):
    docs = Path(config["docs_dir"])
    folder = (docs / page.file.src_path).parent

    def on_site(link):
        text, target = link.groups()
        path = target.partition("#")[0]
        leads_out = path and "://" not in path and not (folder / path).resolve().is_relative_to(docs)
        return text if leads_out else link[0]

    return LINK.sub(on_site, indent_items(markdown))


def indent_items(markdown):
    lines, marker, in_fence = [], "", False
    for line in markdown.splitlines():
        in_fence ^= line.startswith("```")
        if not in_fence and line.strip() and not line.startswith(" "):
            item = re.match(r"\d+\. |- ", line)
            marker = item[0] if item else ""
        belongs = marker and line.startswith(" " * len(marker))
        lines.append(" " * (4 - len(marker)) + line if belongs else line)
    return "\n".join(lines)

"""`dnsviz grok`, which in Debian 12 refuses to run: it asks pygraphviz for its version where 1.7 does not have it."""

import sys
import types

import pygraphviz

pygraphviz.release = types.SimpleNamespace(version=pygraphviz.__version__)

from dnsviz.commands import grok  # noqa: E402

grok.main(["grok", *sys.argv[1:]])

"""What receivers verify with, each a process for all messages: dkimpy, OpenDKIM, Mail::DKIM and mailauth, all of them asking a
name server at a port. They agree on three words only, so that is all that is taken of what they say."""

import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import dns.resolver

import receivers
from world import HOST

PASS, FAIL, TEMPORARY = "pass", "not pass", "temporary"
SOURCE = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240

MAIL_DKIM = r"""
use strict; use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS::Resolver;
$| = 1;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(nameservers => ['127.0.0.1'], port => $ARGV[0], recurse => 1));
while (my $file = <STDIN>) {
    chomp $file;
    open(my $in, '<:raw', $file) or die "$file: $!";
    local $/; my $text = <$in>;
    my $dkim = Mail::DKIM::Verifier->new();
    $dkim->PRINT($text);
    $dkim->CLOSE;
    print $dkim->result, "\n";
}
"""


def word(verdict):
    return verdict if verdict == PASS else TEMPORARY if verdict in ("temperror", receivers.UNANSWERED) else FAIL


def by_process(command, files, **options):
    """The verdicts of a program that reads names of files and prints a word for each."""
    done = subprocess.run(command, input="".join(f"{file}\n" for file in files), capture_output=True, text=True,
                          timeout=PATIENCE_SECONDS, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.returncode}: {done.stderr}")
    return dict(zip(files, map(word, done.stdout.splitlines()), strict=True))


class Dkimpy:
    knows = {"rsa", "ed25519"}

    def __init__(self, world, port):
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [HOST], port
        resolver.cache = dns.resolver.Cache()

        def ask(name):
            try:
                return "NOERROR", [b"".join(txt.strings) for txt in resolver.resolve(name, "TXT")]
            except dns.resolver.NXDOMAIN:
                return "NXDOMAIN", []

        self.verifier = receivers.Dkimpy(SimpleNamespace(ask=ask))

    def verdicts(self, files):
        return {file: word(verdict) for file, verdict in self.verifier.verdicts(files).items()}


class OpenDkim:
    knows = {"rsa", "ed25519"}

    def __init__(self, world, port):
        self.verifier = receivers.OpenDkim(world, SimpleNamespace(port=port))

    def verdicts(self, files):
        return {file: word(verdict) for file, verdict in self.verifier.verdicts(files).items()}


class MailDkim:
    knows = {"rsa"}  # Debian 12's says "unsupported algorithm" of Ed25519

    def __init__(self, world, port):
        self.port = port

    def verdicts(self, files):
        return by_process(["/usr/bin/perl", "-e", MAIL_DKIM, str(self.port)], files)


class MailAuth:
    knows = {"rsa", "ed25519"}

    def __init__(self, world, port):
        self.port = port
        self.directory = Path(os.environ.get("MAILAUTH_BUILD", world.directory / "mailauth"))
        self.installed = subprocess.run([SOURCE / "scripts" / "mailauth.sh", self.directory], capture_output=True, text=True,
                                        timeout=PATIENCE_SECONDS)

    def verdicts(self, files):
        command = [shutil.which("node"), str(SOURCE / "tests/system/mailauth/verify.mjs"), str(self.port)]
        return by_process(command, files, cwd=self.directory)

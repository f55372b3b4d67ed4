#!/bin/sh
# serve DIRECTORY: runs PowerDNS with the settings in DIRECTORY/pdns.conf, which `custdkim pdns-config` made, once they
# and the socket beside them are there: PowerDNS ends itself where nobody answers when it starts.
set -eu
until [ -s "$1/pdns.conf" ] && [ -S "$1/pdns.sock" ]; do sleep 0.2; done
exec pdns_server --config-dir="$1" --socket-dir=/tmp --local-address=0.0.0.0 --local-port=53 \
    --daemon=no --guardian=no --disable-syslog --write-pid=no

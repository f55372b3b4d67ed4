#!/bin/bash
# Installs what is missing, builds, then shows the main job: custdkim behind a real PowerDNS on loopback,
# keys for three customers, and what dig says of their records. Stops everything that it started.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-packages.sh
echo "building (the first time takes some minutes)"
cmake --preset release >/dev/null
cmake --build --preset release --target custdkim -- --quiet
export PATH=$PWD/build/release:$PATH

work=$(mktemp -d "${TMPDIR:-/tmp}/custdkim-demo.XXXXXX")
pids=()
finish() {
    result=$?
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait || true
    if [ $result -ne 0 ]; then
        echo "the demonstration failed; the logs:" >&2
        tail -n 20 "$work"/*.log >&2 || true
    fi
    rm -rf "$work"
}
trap finish EXIT
cd "$work"

free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# wait_for WHAT COMMAND...: until the command succeeds; gives up when a process of ours has ended.
wait_for() {
    local what=$1; shift
    for _ in $(seq 600); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        for pid in "${pids[@]}"; do kill -0 "$pid" 2>/dev/null || { echo "$what did not start" >&2; return 1; }; done
        sleep 0.1
    done
    echo "$what does not answer" >&2
    return 1
}

api_port=$(free_port)
dns_port=$(free_port)
(umask 077 && openssl rand -base64 32 >master.key && openssl rand -hex 32 >token)
cat >custdkim.toml <<TOML
[[zone]]
name = "custdkim.example.net"
nameservers = ["ns1.custdkim.example.net"]
hostmaster = "hostmaster.example.net"
records = "apex.zone"
[backend]
unix = "pdns.sock"
[api]
listen = "127.0.0.1:$api_port"
token_file = "token"
[store]
url = "sqlite:custdkim.db"
[keys]
master_key_file = "master.key"
pool = 4
TOML
echo 'ns1 A 127.0.0.1' >apex.zone

echo
echo "== custdkim serve, and PowerDNS in front of it"
custdkim check-config --config custdkim.toml
custdkim serve --config custdkim.toml 2>custdkim.log &
pids+=($!)
export CUSTDKIM_API=http://127.0.0.1:$api_port CUSTDKIM_TOKEN_FILE=$work/token
wait_for custdkim custdkim key list
mkdir pdns
custdkim pdns-config --config custdkim.toml >pdns/pdns.conf
pdns_server --config-dir="$work/pdns" --socket-dir="$work/pdns" --local-address=127.0.0.1 --local-port="$dns_port" \
    --daemon=no --guardian=no --write-pid=no --disable-syslog >pdns.log 2>&1 &
pids+=($!)
ask() { dig @127.0.0.1 -p "$dns_port" +time=2 +tries=1 "$@"; }
wait_for PowerDNS ask custdkim.example.net SOA
echo "PowerDNS answers on 127.0.0.1 port $dns_port:"
ask +noall +answer custdkim.example.net SOA

records=0
create() {
    echo
    echo "== custdkim key create $*"
    custdkim key create "$@" --json >key.json
    echo "the customer publishes:"
    jq -r '.slots[].cname | "  \(.name). 300 IN CNAME \(.target)."' key.json
    echo "dig, through PowerDNS:"
    for record in $(jq -r '.slots[].record_name' key.json); do
        answer=$(ask +noall +answer "$record" TXT)
        published=$(ask +short "$record" TXT | sed 's/" "//g; s/"//g')
        expected=$(jq -r --arg r "$record" '.slots[] | select(.record_name == $r) | .txt' key.json)
        [ -n "$expected" ] && [ "$published" = "$expected" ] || { echo "wrong answer for $record: $answer" >&2; exit 1; }
        echo "$answer" | cut -c1-150 | sed 's/^/  /; s/\(.\{150\}\)$/\1.../'
        records=$((records + 1))
    done
}
create acme.example
create initech.example --type ed25519 --selector mail-a --alternate-selector mail-b
create bücher.example --type ed25519

echo
echo "== custdkim key list"
custdkim key list

for pid in "${pids[@]}"; do kill "$pid"; done
wait "${pids[0]}"
pids=()
echo
echo "demonstration done: 3 keys, $records TXT records published and read back through PowerDNS, everything stopped"

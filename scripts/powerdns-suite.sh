#!/bin/bash
# Lets PowerDNS's own regression suite judge us: its zones and its tests, once over gsqlite3 and once over
# custdkim with the same zone files as static zones. The two must not differ in a single test.
#
#     scripts/powerdns-suite.sh [--report FILE] [--results DIR] PDNS [CONTEXT...]
#
# PDNS is a checkout of PowerDNS at the version that is installed (tag auth-4.7.3 for Debian 12): expected results
# follow the version. It is only read. CONTEXT is none (no DNSSEC), nsec, nsec3, optout or narrow; all of them if
# none is given. The suite listens on port 5500 of loopback, or on $PORT; our programs are $CUSTDKIM
# (build/release/custdkim). With --results the results stay there, and those of gsqlite3 that are there already
# are taken for granted. With --report a page of Markdown is written.
# Exits with 1 if custdkim differs from gsqlite3, 2 if it could not be tried. A context takes about 2 minutes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
contexts=(none nsec nsec3 optout narrow)
port=${PORT:-5500}
report='' results='' checkout=''

fail() { echo "powerdns-suite: $1" >&2; exit 2; }

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --report) report=${2:?--report wants a file}; shift 2 ;;
            --results) results=${2:?--results wants a directory}; shift 2 ;;
            -*) fail "there is no option $1; see the head of $0" ;;
            *) break ;;
        esac
    done
    [ $# -gt 0 ] || fail "where is PowerDNS? Give the directory of a checkout, see the head of $0"
    checkout=$(realpath "$1"); shift
    [ $# -eq 0 ] || contexts=("$@")
    for context in "${contexts[@]}"; do
        case $context in none|nsec|nsec3|optout|narrow) ;; *) fail "there is no context '$context'" ;; esac
    done
    custdkim=$(realpath "${CUSTDKIM:-$here/../build/release/custdkim}")
}

# What the suite's tests call, and the package of each.
check_programs() {
    local missing=() pair
    for pair in pdns_server:pdns-server pdnsutil:pdns-server sdig:pdns-tools saxfr:pdns-tools sqlite3:sqlite3 \
                drill:ldnsutils ldns-verify-zone:ldnsutils unbound-host:unbound-host \
                unbound:unbound named-checkzone:bind9-utils dnssec-verify:bind9-utils dig:bind9-dnsutils bc:bc gawk:gawk; do
        type -P "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
    done
    perl -MNet::DNS -e 1 2>/dev/null || missing+=(libnet-dns-perl)
    modules=$(dirname "$(find /usr/lib -path '*/pdns/libremotebackend.so' -print -quit 2>/dev/null)")
    [ -e "$modules/libremotebackend.so" ] || missing+=(pdns-backend-remote)
    [ -e "$modules/libgsqlite3backend.so" ] || missing+=(pdns-backend-sqlite3)
    [ ${#missing[@]} -eq 0 ] || fail "these packages are missing: ${missing[*]}"
    [ -x "$custdkim" ] || fail "$custdkim is not there; build it, or set CUSTDKIM"
    [ -d "$checkout/regression-tests/tests" ] || fail "$checkout has no regression-tests/tests"
}

# A copy of the suite in which it finds the installed programs, our backend file, and what it would otherwise want
# from the internet or from a verifier that is not to be had.
make_copy() {
    suite=$work/pdns/regression-tests
    mkdir -p "$work/pdns/modules/gsqlite3backend"
    cp -r "$checkout/regression-tests" "$work/pdns/"
    cp "$checkout/modules/gsqlite3backend/schema.sqlite3.sql" "$work/pdns/modules/gsqlite3backend/"
    rm -f "$suite"/modules/*
    ln -s "$modules"/*.so "$suite/modules/"
    cp "$here/powerdns-suite/custdkim-master" "$suite/backends/custdkim-master"
    echo 'source ./backends/custdkim-master' > "$suite/backends/remote-master"
    cp "$here/powerdns-suite/verify-zone" "$suite/jdnssec-verifyzone"
    cp "$here/powerdns-suite/verify-zone" "$suite/validns"
}

# Answers for the one name outside that the suite's ALIAS points to.
start_resolver() {
    local name=google-public-dns-a.google.com
    cat > "$work/unbound.conf" <<END
server:
  interface: 127.0.0.1@$((port + 1))
  use-syslog: no
  chroot: ""
  username: ""
  pidfile: ""
  directory: "$work"
  local-zone: "google.com." static
  local-data: "$name. 300 IN A 8.8.8.8"
  local-data: "$name. 300 IN AAAA 2001:4860:4860::8888"
END
    "$(type -P unbound)" -d -c "$work/unbound.conf" > "$work/unbound.log" 2>&1 &
    resolver=$!
}

# What the suite calls the context.
suite_context() {
    if [ "$1" = custdkim ]; then echo "remote-custdkim-$2"; return; fi
    case $2 in
        none) echo gsqlite3-nodnssec ;;
        nsec) echo gsqlite3 ;;
        nsec3) echo gsqlite3-nsec3 ;;
        optout) echo gsqlite3-nsec3-optout ;;
        narrow) echo gsqlite3-nsec3-narrow ;;
    esac
}

# Leaves BACKEND-CONTEXT/{passed,failed,skipped}_tests and the diffs of what failed in the results.
run_suite() {
    local backend=$1 context=$2 to=$results/$1-$2
    if [ "$backend" = gsqlite3 ] && [ -s "$to/passed_tests" ]; then return; fi
    echo "$backend, $context ..." >&2
    rm -rf "$to"; mkdir -p "$to"
    (
        cd "$suite"
        export PDNS=$(type -P pdns_server) PDNS2=$(type -P pdns_server) SDIG=$(type -P sdig) SAXFR=$(type -P saxfr)
        export NSEC3DIG=$(type -P nsec3dig) NOTIFY=$(type -P pdns_notify) ZONE2SQL=$(type -P zone2sql)
        export PDNSUTIL=$(type -P pdnsutil) PDNSCONTROL=$(type -P pdns_control) MAKE=true
        export RESOLVERIP=127.0.0.1:$((port + 1)) CUSTDKIM=$custdkim
        ./start-test-stop "$port" "$(suite_context "$backend" "$context")" nowait 0
    ) > "$to/log" 2>&1 < /dev/null || true
    for kind in passed failed skipped; do cp "$suite/${kind}_tests" "$to/" 2>/dev/null || : > "$to/${kind}_tests"; done
    while read -r name; do cp "$suite/tests/$name/diff" "$to/$name.diff" 2>/dev/null || true; done < "$to/failed_tests"
    [ -s "$to/passed_tests" ] || { tail -20 "$to/log" >&2; fail "no test ran over $backend, $context: see $to/log"; }
}

count() { wc -l < "$results/$1-$2/$3_tests"; }

table() {
    echo "| context | backend | pass | fail | skip |"
    echo "|---|---|---|---|---|"
    local context backend
    for context in "${contexts[@]}"; do
        for backend in gsqlite3 custdkim; do
            echo "| $context | $backend | $(count $backend "$context" passed) |" \
                 "$(count $backend "$context" failed) | $(count $backend "$context" skipped) |"
        done
    done
}

# A line for each test that ends otherwise over custdkim, or fails over both.
differences() {
    local context kind
    for context in "${contexts[@]}"; do
        for kind in passed failed skipped; do
            comm -13 <(sort "$results/gsqlite3-$context/${kind}_tests") <(sort "$results/custdkim-$context/${kind}_tests") |
                sed "s/.*/- $context: \`&\` $kind over custdkim only/"
        done
    done
}

common_failures() {
    local context
    for context in "${contexts[@]}"; do
        comm -12 <(sort "$results/gsqlite3-$context/failed_tests") <(sort "$results/custdkim-$context/failed_tests") |
            sed "s/.*/- $context: \`&\`/"
    done
}

or_none() { if [ -n "$1" ]; then echo "$1"; else echo "None."; fi; }

write_report() {
    cat <<END
# PowerDNS's regression suite over custdkim

Made by \`scripts/powerdns-suite.sh --report docs/powerdns-suite.md PDNS\`: the main regression suite of PowerDNS itself,
$(find "$checkout/regression-tests/tests" -name command | wc -l) tests at the version that is installed (pdns-server $(dpkg-query -W -f '${Version}' pdns-server)), run over gsqlite3 and over custdkim,
which serves the suite's zone files as static zones. Keys, metadata and TSIG keys are made with pdnsutil in both.

$(table)

The contexts: none is without DNSSEC; in nsec, nsec3, optout (NSEC3 with opt-out) and narrow PowerDNS signs all zones.
What is skipped is skipped by the suite itself, the same over both: in every context DNS UPDATE, which needs a backend
that can be written to, and what does not belong to the context.

## Where custdkim ends otherwise than gsqlite3

$(or_none "$(differences)")

## What fails over both

$(or_none "$(common_failures)")

## What is not as upstream runs it

- \`nztest.com\` has two records that are outside of it. gsqlite3 takes them and never finds them; custdkim refuses
  such a file, naming the line, and is given one without them.
- \`example.com\`, with 20,000 records, gets its key by \`pdnsutil add-zone-key\`: \`secure-zone\` would list the whole
  zone afterwards, which is too much for the unix connector.
- The suite's \`ALIAS\` points to a name in the internet; an Unbound on loopback answers for it.
- \`jdnssec-verifyzone\` is not in Debian, and Debian's \`validns\` cannot read ECDSA keys: BIND's dnssec-verify looks
  at the signed zones in their place, beside ldns-verify-zone and named-checkzone, which the suite calls anyway.
END
}

read_arguments "$@"
check_programs
work=$(mktemp -d "${TMPDIR:-/tmp}/powerdns-suite.XXXXXX")
resolver=''
trap '[ -z "$resolver" ] || kill "$resolver"; rm -rf "$work"' EXIT
[ -z "$results" ] || mkdir -p "$results"
results=${results:-$work/results}
results=$(realpath -m "$results")
make_copy
start_resolver
for context in "${contexts[@]}"; do
    for backend in gsqlite3 custdkim; do run_suite "$backend" "$context"; done
done
table
differing=$(differences)
or_none "$differing"
[ -z "$report" ] || write_report > "$report"
[ -z "$differing" ] || { echo "powerdns-suite: custdkim differs from gsqlite3" >&2; exit 1; }

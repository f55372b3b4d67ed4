#!/bin/bash
# Builds the images of docker/ and runs QA's journey in both stacks, from cold: what is missing is installed, a Docker
# daemon of our own is started, and where no registry can be reached debootstrap makes the base image. Afterwards all of
# it is gone: daemon, images, networks, firewall rules. Needs root, and ends with 77 without.
#
#     scripts/containers-test.sh                          the programs are compiled in the image
#     scripts/containers-test.sh --programs build/release these are put into it, built on Debian 12
#     scripts/containers-test.sh --compose PROGRAM        with another docker-compose than Debian 12's 1.29, such as 2.x
set -euo pipefail
cd "$(dirname "$0")/.."
programs=""
other_compose=""
while [ $# -gt 0 ]; do
    case ${2:+$1} in  # nothing where its value is missing
    --programs) programs=$(realpath "$2") ;;
    --compose) other_compose=$(realpath "$2") ;;
    *) echo "usage: $0 [--programs DIRECTORY] [--compose PROGRAM]" >&2; exit 2 ;;
    esac
    shift 2
done
[ "$(id -u)" -eq 0 ] || { echo "a Docker daemon needs root: skipped" >&2; exit 77; }

debian=$(sed -n 's/^ARG DEBIAN=//p' docker/Dockerfile)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/custdkim-containers.XXXXXX")
export DOCKER_HOST=unix://$work/docker.sock DOCKER_BUILDKIT=0 COMPOSE_DOCKER_CLI_BUILD=0
export COMPOSE_PROJECT_NAME=custdkim-containers-test
begun=$SECONDS
daemon=
tree=$work/tree
mkdir "$work/bin"
[ -z "$other_compose" ] || ln -s "$other_compose" "$work/bin/docker-compose"
PATH=$work/bin:$PATH

fail() { echo "containers: $*" >&2; exit 1; }
# timed WHAT COMMAND...: and its time goes into the summary; what it prints only where it fails.
timed() {
    local what=$1 from=$SECONDS code=0
    shift
    set +e  # in a list with || it would not hold inside, either
    (set -e; "$@") >"$work/output" 2>&1
    code=$?
    set -e
    [ $code -eq 0 ] || { tail -n 200 "$work/output" >&2; fail "$what failed"; }
    summary+=("$(printf '%5d s  %s' $((SECONDS - from)) "$what")")
    echo "${summary[-1]}"
}
summary=()
until_true() { # WHAT COMMAND...
    local what=$1
    shift
    for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done
    fail "$what: waited in vain"
}

# --- the daemon, and what it changes on this machine

# Rules, chains that somebody made, and policies that drop; not the counters.
firewall() { for tool in iptables ip6tables; do $tool-save | sed -nE 's/ \[[0-9:]*\]$//; /^-A|^:[^ ]+ (-|DROP)/p'; done; }
keep_network() {
    local table
    for table in filter nat mangle raw; do
        iptables-save -t $table >"$work/v4.$table" 2>/dev/null || true
        ip6tables-save -t $table >"$work/v6.$table" 2>/dev/null || true
    done
    firewall >"$work/firewall"
    cat /proc/sys/net/ipv4/ip_forward >"$work/ip_forward"
    ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | sort >"$work/links"
}
restore_network() {
    local table link
    for link in $(ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | sort | comm -13 "$work/links" -); do
        case $link in docker0|br-*|veth*) ip link delete "$link" 2>/dev/null || true ;; esac
    done
    for table in filter nat mangle raw; do
        [ ! -s "$work/v4.$table" ] || iptables-restore -T $table <"$work/v4.$table"
        [ ! -s "$work/v6.$table" ] || ip6tables-restore -T $table <"$work/v6.$table"
    done
    cat "$work/ip_forward" >/proc/sys/net/ipv4/ip_forward
}
finish() {
    local result=$?
    set +e
    if [ -n "$daemon" ]; then
        [ $result -eq 0 ] || for stack in real clock; do compose $stack logs --no-color --tail 30 >&2; done
        for stack in real clock; do compose $stack down --volumes --remove-orphans --timeout 2 >/dev/null 2>&1; done
        kill "$daemon"; wait "$daemon"
        umount "$work"/exec/netns/* 2>/dev/null
        restore_network
        if ! diff "$work/firewall" <(firewall) || ! diff "$work/ip_forward" /proc/sys/net/ipv4/ip_forward; then
            echo "containers: the network of this machine is not as it was before" >&2
            result=1
        fi
    fi
    rm -rf --one-file-system "$work" || result=1
    if [ $result -eq 0 ]; then
        printf '%s\n' "" "${summary[@]}" "" "containers: all is well, in $((SECONDS - begun)) s; everything is removed"
    fi
    exit $result
}
trap finish EXIT

start_daemon() {
    keep_network
    /usr/sbin/dockerd --data-root "$work/data" --exec-root "$work/exec" --host "$DOCKER_HOST" \
        --pidfile "$work/dockerd.pid" >"$work/dockerd.log" 2>&1 &
    daemon=$!
    until_true "the Docker daemon" docker info
}
# From a registry; else by debootstrap, under the same name.
base_image() {
    timeout 60 docker pull "$debian" && return
    local root=$work/debian
    scripts/clean-debian.sh "$root"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    tar -C "$root" --exclude='./var/lib/apt/lists/*' -c . |
        docker import -c 'CMD ["bash"]' - "$debian"
    rm -rf --one-file-system "$root"
}

# --- the stacks: "real", on this machine's clock, and "clock", on one that can be moved

compose() {
    local stack=$1 files=(-f docker/docker-compose.yml)
    shift
    case $stack in clock*) files+=(-f docker/docker-compose.clock.yml) ;; esac
    case $stack in *-with-tests) files+=(-f docker/docker-compose.test.yml) ;; esac
    (cd "$tree" && docker-compose "${files[@]}" "$@")
}
inside() { local stack=$1; shift; compose "$stack" exec -T "$@"; }
container() { compose "$1" ps --quiet "$2"; }
is_healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$(container "$1" "$2")")" = healthy ]; }
services() { case $1 in real) echo custdkim lab pdns unbound opendkim ;; clock) echo lab pdns unbound opendkim ;; esac; }
stack_up() {
    local stack=$1 service
    compose "$stack" up --detach
    for service in $(services "$stack"); do until_true "$service is healthy" is_healthy "$stack" "$service"; done
}
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

check_images() {
    local image version
    for image in custdkim custdkim-lab; do
        [ "$(docker inspect --format '{{.Config.User}}' $image)" = 10053:10053 ] || fail "$image runs as root"
        version=$(docker run --rm --read-only --network none $image --version)
        [ "$version" = "$image $(docker inspect --format '{{index .Config.Labels "org.opencontainers.image.version"}}' $image)" ] ||
            fail "the label of $image is not the version that it prints: $version"
        ! docker run --rm --network none --entrypoint /bin/sh $image -c true 2>/dev/null || fail "$image has a shell"
        summary+=("$(printf '%5d MB %s' $(($(docker inspect --format '{{.Size}}' $image) / 1000000)) "the image $image")")
    done
}
# Nobody is root, and nobody can write where no volume is.
check_confined() {
    local stack=$1 service id
    for service in $(services "$stack"); do
        id=$(container "$stack" "$service")
        [ "$(docker inspect --format '{{.HostConfig.ReadonlyRootfs}}' "$id")" = true ] || fail "$service may write"
        docker top "$id" -eo pid,uid >"$work/processes"
        ! awk 'NR > 1 { print $2 }' "$work/processes" | grep -qx 0 || fail "$service has a process that is root"
    done
}
expect() { # CODE PATTERN COMMAND...: ends with that code, and prints something that fits
    local code=$1 pattern=$2 got=0
    shift 2
    "$@" </dev/null >"$work/said" 2>&1 || got=$?
    if [ $got -ne "$code" ] || ! grep -qE -- "$pattern" "$work/said"; then
        cat "$work/said" >&2
        fail "'$*' ended with $got instead of $code, or did not print '$pattern'"
    fi
}
message=$'From: Ann <ann@acme.example>\r\nTo: bob@example.org\r\nSubject: hello\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nhello\r\n'
# expect_verdict STACK SELECTOR: a message that is signed now is signed with that selector, and OpenDKIM accepts it; not
# if somebody changed it.
expect_verdict() {
    local stack=$1 selector=$2
    printf %s "$message" | inside "$stack" lab custdkim sign >"$work/signed.eml" || fail "signing failed"
    grep -q "s=$selector;" "$work/signed.eml" || fail "the message is not signed with $selector: $(cat "$work/signed.eml")"
    inside "$stack" opendkim verdict <"$work/signed.eml" >"$work/verdict" || fail "OpenDKIM says: $(cat "$work/verdict")"
    [ "$(head -n 1 "$work/verdict")" = pass ] || fail "OpenDKIM says: $(cat "$work/verdict")"
    ! sed 's/^hello/hullo/' "$work/signed.eml" | inside "$stack" opendkim verdict >"$work/verdict" ||
        fail "OpenDKIM accepts a forged message: $(cat "$work/verdict")"
    [ "$(head -n 1 "$work/verdict")" = fail ] || fail "OpenDKIM says of a forged message: $(cat "$work/verdict")"
}
journey() {
    local stack=$1
    expect 0 's1\._domainkey\.acme\.example' inside "$stack" lab custdkim key create acme.example
    expect 0 cname-proxied inside "$stack" lab custdkim-lab customer set acme.example cname-proxied
    expect 1 cname-proxied inside "$stack" lab custdkim key verify acme.example
    expect 1 'cannot be activated' inside "$stack" lab custdkim key activate acme.example
    expect 0 healthy inside "$stack" lab custdkim-lab customer fix acme.example
    expect 0 'it signs' inside "$stack" lab custdkim key activate acme.example --wait=2m --poll=1s
    expect_verdict "$stack" s1
}
travel() {
    expect 0 'were due on the way' inside clock lab custdkim-lab clock advance 30d
    expect_verdict clock s2
}
# From this machine, by the published ports.
check_published() {
    local token
    token=$(docker run --rm --volume ${COMPOSE_PROJECT_NAME}_token:/token:ro "$debian" cat /token/token)
    curl -fsS -H "Authorization: Bearer $token" "http://127.0.0.1:$CUSTDKIM_API_PORT/v1/keys" | grep -q acme.example ||
        fail "the API does not answer at its published port"
    curl -fsS -H "Authorization: Bearer $token" "http://127.0.0.1:$CUSTDKIM_LAB_PORT/v1/customers" | grep -q acme.example ||
        fail "the lab's API does not answer at its published port"
    ! curl -fsS "http://127.0.0.1:$CUSTDKIM_API_PORT/v1/keys" 2>/dev/null || fail "the API answers without a token"
}
# A caller's test suite, for which the stack is started again: here it is one verb. Its exit code is that of the whole; and keys
# are still there, where they are kept.
suite() {
    local stack=$1 expected=$2 code=0
    shift 2
    compose "$stack" up --detach
    CUSTDKIM_TESTS_IMAGE=custdkim CUSTDKIM_TESTS_COMMAND="$*" compose "$stack-with-tests" up --no-build \
        --exit-code-from tests tests || code=$?
    [ $code -eq "$expected" ] || fail "the test suite '$*' ended with $code instead of $expected"
}
check_suite() {
    case $1 in real) suite real 0 key show acme.example ;; clock) suite clock 0 key list ;; esac
    suite "$1" 1 key show nobody.example
}
# Everybody ends by themselves: 137 is who was killed, since they did not. PowerDNS ends with 143 of SIGTERM.
stack_stop() {
    local stack=$1 service code
    compose "$stack" stop --timeout 60
    for service in $(services "$stack"); do
        code=$(docker inspect --format '{{.State.ExitCode}}' "$(compose "$stack" ps --quiet --all "$service")")
        case $service:$code in *:0|pdns:143) ;; *) fail "$service ended with $code" ;; esac
    done
}

# --- what is done

timed "packages" scripts/install-packages.sh docker.io docker-compose debootstrap iptables iproute2 curl
echo "with $(docker-compose version --short)"
start_daemon
timed "base image ($debian)" base_image
# The images are built from what is in git or would be, as it is now.
mkdir "$tree"
git ls-files -z --cached --others --exclude-standard | tar -c --null --files-from=- | tar -C "$tree" -x
if [ -n "$programs" ]; then
    export CUSTDKIM_PROGRAMS=prebuilt
    mkdir "$tree/docker/prebuilt"
    cp "$programs/custdkim" "$programs/custdkim-lab" "$tree/docker/prebuilt/"
fi
CUSTDKIM_API_PORT=$(free_port) CUSTDKIM_LAB_PORT=$(free_port) CUSTDKIM_DNS_PORT=$(free_port)
export CUSTDKIM_API_PORT CUSTDKIM_LAB_PORT CUSTDKIM_DNS_PORT
timed "first build of the images, ${CUSTDKIM_PROGRAMS:-from source}" compose real build
timed "second build" compose real build
check_images
timed "docker/README.md, typed" tests/documents/containers_test.py "$tree/docker"
for stack in real clock; do
    timed "$stack: up, until all are healthy" stack_up $stack
    check_confined $stack
    timed "$stack: journey from a proxied CNAME to mail that OpenDKIM accepts" journey $stack
    [ $stack = real ] || timed "$stack: 30 days later the other pair signs" travel
    check_published
    timed "$stack: stop" stack_stop $stack
    timed "$stack: a test suite of the caller's, which passes, and one that fails" check_suite $stack
    timed "$stack: tear down" compose $stack down --volumes --remove-orphans
done

#!/bin/sh
# Real servers and tools of others on the loopback interface: servers are filled with a little and collected from, a sender
# of log messages is listened to, tools write reports that are imported; then all is assessed and the window printed.
# Usage: real.sh BIN. What is not installed is skipped by name. Servers are ended by their process ids; everything lies
# in a temporary folder, which is removed. Exit status 1 means that a server or tool that ran was not covered.
set -eu

bin=$1
assay="$bin/assay"
work=$(mktemp -d "${TMPDIR:-/tmp}/assay-real.XXXXXX")
servers=""
sources=""
skipped=""
# Programs that are on PyPI, not in Debian.
python=""
# Ports of all servers, with commas between.
listening=""
moto=""

cleanup() {
    for process in $servers; do kill "$process" 2>/dev/null || :; done
    for process in $servers; do wait "$process" 2>/dev/null || :; done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 3' INT TERM HUP

here=$(cd "$(dirname "$0")" && pwd)
say() { printf '\n\033[1m== %s\033[0m\n' "$1"; }

# Debian keeps some servers out of the path.
for folder in /usr/sbin /usr/lib/postgresql/*/bin; do
    [ -d "$folder" ] && PATH="$PATH:$folder"
done

# has SOURCE PROGRAM…: whether all are installed; says which one is not.
has() {
    source=$1
    shift
    for program in "$@"; do
        if ! command -v "$program" >/dev/null 2>&1; then
            echo "skipped: $source ($program is not installed)"
            skipped="$skipped $source"
            case "$program" in
                moto_server | scim2-server | bandit | semgrep | cyclonedx-py | prowler) python="$python $program" ;;
            esac
            return 1
        fi
    done
}

# Whether something listens on this port of the loopback interface.
listens() { grep -q "0100007F:$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }

port=$((20000 + $$ % 20000))
next_port() {
    port=$((port + 1))
    while listens "$port"; do port=$((port + 1)); done
}

# serve NAME PROGRAM…: starts it and waits until it listens on $port.
serve() {
    name=$1
    shift
    "$@" >"$work/server.log" 2>&1 &
    process=$!
    servers="$servers $process"
    until listens "$port"; do
        if ! kill -0 "$process" 2>/dev/null; then
            echo "real: $name ended at once: $(tail -n 1 "$work/server.log")" >&2
            exit 3
        fi
        sleep 0.1
    done
    listening="${listening:+$listening,}$port"
    echo "$name listens on 127.0.0.1:$port"
}

# source_document NAME CONNECTOR PARAMETERS KINDS [SECRETS]: one document of the program.
source_document() {
    sources="$sources $1"
    printf -- '---\nsource: %s\nconnector: %s\nparams: { %s }\nkinds: [%s]\n' "$1" "$2" "$3" "$4" \
        >>"$work/program/sources.yaml"
    [ -z "${5:-}" ] || printf 'secrets: { %s }\n' "$5" >>"$work/program/sources.yaml"
}

mkdir "$work/program"
cat >"$work/program/program.yaml" <<YAML
organization: loopback
name: Servers on the loopback interface (synthetic data)
domain: loopback.example
---
system: servers
title: Servers and tools of others
description: A directory, an identity service, a cloud account, a database, monitoring, log messages and reports.
---
period: today
from: $(date -u +%Y-%m-%d)
to: $(date -u -d tomorrow +%Y-%m-%d)
---
control: IAM-05
title: Administrators of the database are few
statement: No role but the owner may do everything.
criteria: [CC6.3]
owner: operations
frequency: state
nature: automated
tests: [few-superusers]
---
test: few-superusers
title: Only the owner is a superuser
kind: state
of: db.role
require: "!r.superuser || r.name == 'owner'"
---
control: IAM-06
title: Accounts have owners
statement: Every account that can log in belongs to somebody.
criteria: [CC6.2]
owner: operations
frequency: state
nature: automated
tests: [accounts-owned]
---
test: accounts-owned
title: Accounts that can log in have an owner
kind: state
of: idp.account
scope: a.enabled
require: has(a.owner_id)
---
control: CRY-02
title: Stores are not public
statement: Nothing that is stored can be read from the internet.
criteria: [CC6.1]
owner: operations
frequency: state
nature: automated
tests: [stores-closed]
---
test: stores-closed
title: No store is readable from the internet
kind: state
of: cloud.store
require: has(s.public) && !s.public
---
control: BCP-04
title: Services answer
statement: Every service answers when it is asked.
criteria: [A1.1]
owner: operations
frequency: event
nature: automated
tests: [services-up]
---
test: services-up
title: Every probe was answered
kind: event
of: uptime.probe
require: p.up
YAML

run() {
    say "assay $*"
    # Exit status 1 means findings, which these servers are meant to have.
    "$assay" "$@" || [ $? -eq 1 ]
}
export ASSAY_WORKSPACE="$work/workspace"

. "$here/real-logs.sh"

say "Servers"
if has directory slapd slapadd ldapsearch; then
    next_port
    mkdir "$work/ldap"
    {
        for schema in core cosine inetorgperson nis; do echo "include /etc/ldap/schema/$schema.schema"; done
        cat <<CONF
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $work/slapd.pid
database mdb
suffix "dc=clinic,dc=example"
rootdn "cn=reader,dc=clinic,dc=example"
rootpw right
directory $work/ldap
CONF
    } >"$work/slapd.conf"
    {
        printf 'dn: dc=clinic,dc=example\nobjectClass: dcObject\nobjectClass: organization\no: Clinic\ndc: clinic\n\n'
        for person in asha ben cy; do
            printf 'dn: uid=%s,dc=clinic,dc=example\nobjectClass: inetOrgPerson\nuid: %s\n' "$person" "$person"
            printf 'cn: %s\nsn: %s\nmail: %s@clinic.example\n\n' "$person" "$person" "$person"
        done
        printf 'dn: cn=admins,dc=clinic,dc=example\nobjectClass: groupOfNames\ncn: admins\n'
        printf 'member: uid=asha,dc=clinic,dc=example\n'
    } >"$work/tree.ldif"
    slapadd -f "$work/slapd.conf" -l "$work/tree.ldif" >"$work/server.log" 2>&1
    serve slapd slapd -f "$work/slapd.conf" -h "ldap://127.0.0.1:$port" -d 0
    source_document directory ldap \
        "url: \"ldap://127.0.0.1:$port\", base: \"dc=clinic,dc=example\", bind_dn: \"cn=reader,dc=clinic,dc=example\"" \
        "idp.account, idp.group, idp.membership" 'password: "exec:printf right"'
fi
if has identity-service scim2-server curl; then
    next_port
    serve scim2-server scim2-server --hostname 127.0.0.1 --port "$port"
    for person in asha dana; do
        curl -sS --fail -o "$work/answer" -H 'content-type: application/scim+json' \
            -d "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"$person\",\"active\":true,
                \"emails\":[{\"value\":\"$person@clinic.example\",\"primary\":true}]}" \
            "http://127.0.0.1:$port/v2/Users"
    done
    curl -sS --fail -o "$work/answer" -H 'content-type: application/scim+json' \
        -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"robot","active":true}' \
        "http://127.0.0.1:$port/v2/Users"
    source_document identity-service scim "url: \"http://127.0.0.1:$port/v2\"" "idp.account, idp.group"
fi
if has cloud moto_server curl; then
    next_port
    # Without the last variable it looks for the metadata of a machine in the cloud, and waits.
    AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_EC2_METADATA_DISABLED=true
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_EC2_METADATA_DISABLED
    serve moto moto_server -H 127.0.0.1 -p "$port"
    moto="http://127.0.0.1:$port"
    # No buckets: asked whether a bucket's policy is public, moto lists its objects, which is a gap.
    for zone in us-east-1a us-east-1b; do
        curl -sS --fail -o "$work/answer" "http://127.0.0.1:$port/" -H \
            'Authorization: AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0' \
            -d "Action=CreateVolume&Version=2016-11-15&Size=1&Encrypted=true&AvailabilityZone=$zone"
    done
    source_document cloud aws "regions: us-east-1, endpoint: \"http://127.0.0.1:$port\"" \
        "cloud.account, auth.policy, cloud.store, cloud.logging, network.rule, kms.key" \
        'access_key_id: "exec:printf testing", secret_access_key: "exec:printf testing"'
fi
if has database initdb postgres psql setpriv; then
    next_port
    as=""
    # The server refuses to run as root.
    if [ "$(id -u)" -eq 0 ]; then
        as="setpriv --reuid=65534 --regid=65534 --clear-groups --"
        chmod 711 "$work"
        mkdir "$work/postgres"
        chown 65534:65534 "$work/postgres"
    else
        mkdir "$work/postgres"
    fi
    (
        cd "$work/postgres"
        # shellcheck disable=SC2086
        $as initdb -D "$work/postgres/data" -U owner -A trust -N >"$work/postgres.log" 2>&1
    )
    cd "$work/postgres"
    # shellcheck disable=SC2086
    serve PostgreSQL $as postgres -D "$work/postgres/data" -p "$port" -h 127.0.0.1 -k "$work/postgres"
    cd - >/dev/null
    # It listens before it takes sessions.
    until psql -h 127.0.0.1 -p "$port" -U owner -d postgres -q -c 'SELECT 1' >/dev/null 2>&1; do sleep 0.1; done
    psql -h 127.0.0.1 -p "$port" -U owner -d postgres -q -v ON_ERROR_STOP=1 -c \
        'CREATE ROLE reader LOGIN; GRANT pg_read_all_settings TO reader; CREATE ROLE helper LOGIN SUPERUSER;
        GRANT SELECT ON pg_hba_file_rules TO reader; GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO reader;'
    source_document database postgresql \
        "host: 127.0.0.1, port: $port, user: reader, database: postgres, sslmode: disable" \
        "db.role, db.setting, idp.membership"
fi
if has monitoring prometheus promtool; then
    next_port
    now=$(date -u +%s)
    minute=$((now / 60 * 60 - 3600))
    {
        echo '# TYPE up gauge'
        for offset in $(seq 0 55); do
            value=1
            [ "$offset" -ne 30 ] || value=0
            echo "up{job=\"web\",instance=\"portal\"} $value $((minute + offset * 60))"
        done
        echo '# EOF'
    } >"$work/samples"
    promtool tsdb create-blocks-from openmetrics "$work/samples" "$work/prometheus" >"$work/server.log" 2>&1
    printf 'global: {}\n' >"$work/prometheus.yml"
    serve Prometheus prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/prometheus" \
        --web.listen-address="127.0.0.1:$port" --query.lookback-delta=59s
    source_document monitoring prometheus "url: \"http://127.0.0.1:$port\", since: 50m" "uptime.probe"
fi
if has machine prometheus prometheus-node-exporter; then
    next_port
    exporter=$port
    serve "node exporter" prometheus-node-exporter --web.listen-address="127.0.0.1:$port"
    next_port
    cat >"$work/machine.yml" <<YAML
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: node, static_configs: [{ targets: ["127.0.0.1:$exporter"] }] }]
YAML
    serve "Prometheus beside it" prometheus --config.file="$work/machine.yml" --storage.tsdb.path="$work/machine" \
        --web.listen-address="127.0.0.1:$port" --query.lookback-delta=3s
    # Until it has asked the exporter for as long as is read below.
    sleep 16
    source_document machine prometheus "url: \"http://127.0.0.1:$port\", step: 1s, since: 10s" "uptime.probe"
fi
if [ -z "$sources" ]; then
    echo "real: no server is installed: nothing to do"
    exit 0
fi

run apply "$work/program"
run collect
run sources

. "$here/real-reports.sh"

run assess

# Each server that ran must have brought every kind that was asked for.
if "$assay" sources --format json | grep -q '"lastWhole":null'; then
    echo "real: a source was not read whole" >&2
    exit 1
fi
if [ -n "$python" ]; then
    packages=$(echo "$python" | sed 's/moto_server/"moto[server]"/; s/ bandit/ bandit bandit-sarif-formatter/; s/cyclonedx-py/cyclonedx-bom/')
    echo "real: for those on PyPI: python3 -m venv ~/real && ~/real/bin/pip install$packages, and again with PATH=~/real/bin:\$PATH"
fi
say "Read whole:$sources; reports of:$reports; not installed:${skipped:- none}"

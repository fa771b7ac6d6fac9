# Part of real.sh: rsyslog sends audit messages over plain TCP to a receiver that assay keeps; they must all come on record.

log_messages=40

# audit_message NUMBER: who opened whose study, in the dialect of DICOM.
audit_message() {
    printf '<AuditMessage><EventIdentification EventActionCode="R" EventDateTime="%s" EventOutcomeIndicator="0">' \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf '<EventID csd-code="110103" codeSystemName="DCM" originalText="DICOM Instances Accessed"/>'
    printf '</EventIdentification><ActiveParticipant UserID="reader-%s" UserIsRequestor="true"/>' "$(($1 % 3))"
    printf '<AuditSourceIdentification AuditSourceID="pacs"/><ParticipantObjectIdentification '
    printf 'ParticipantObjectID="p-%s" ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1">' "$1"
    printf '<ParticipantObjectIDTypeCode csd-code="2" codeSystemName="RFC-3881" originalText="Patient Number"/>'
    printf '</ParticipantObjectIdentification></AuditMessage>'
}

# Lines of the spool that hold an audit message.
spooled() { cat "$ASSAY_WORKSPACE"/spool/audit-log/* 2>/dev/null | grep -c AuditMessage || :; }

if has audit-log rsyslogd logger; then
    say "Log messages"
    next_port
    receiver=$port
    source_document audit-log syslog "tcp: $receiver" "log.source, phi.access"
    "$assay" apply "$work/program" >"$work/answer"
    port=$receiver
    serve "assay collect --watch" "$assay" collect --watch
    watch=$process
    next_port
    cat >"$work/rsyslog.conf" <<CONF
global(workDirectory="$work" maxMessageSize="64k")
module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="$port")
action(type="omfwd" target="127.0.0.1" port="$receiver" protocol="tcp" TCP_Framing="octet-counted"
    template="RSYSLOG_SyslogProtocol23Format")
CONF
    serve rsyslog rsyslogd -n -f "$work/rsyslog.conf" -i "$work/rsyslog.pid"
    for number in $(seq "$log_messages"); do
        logger --server 127.0.0.1 --port "$port" --tcp --rfc5424 --size 8192 --priority authpriv.info --tag pacs \
            --msgid IHE+DICOM "$(audit_message "$number")"
    done
    for _ in $(seq 100); do
        [ "$(spooled)" -lt "$log_messages" ] || break
        sleep 0.1
    done
    kill "$watch"
    wait "$watch" 2>/dev/null || :
    run collect audit-log >"$work/answer"
    cat "$work/answer"
    # Beside the messages there is the sender itself; nothing of the others, as nobody has listened for an hour.
    if ! awk -v least="$log_messages" '$1 == "audit-log" && $4 >= least { met = 1 } END { exit !met }' "$work/answer"; then
        echo "real: of $log_messages messages of rsyslog not all came on record" >&2
        exit 1
    fi
fi

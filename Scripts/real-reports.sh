# Part of real.sh: tools of others write reports here and now, and each must be read as what it is.

mkdir "$work/reports" "$work/code"
reports=""

# report NAME: imports what the tool has written; it must be read, and tell something.
report() {
    name=$1
    for file in "$work/reports/$name".*; do
        if [ ! -s "$file" ]; then
            echo "real: $name wrote no report: $(tail -n 1 "$work/tool.log")" >&2
            exit 1
        fi
        run import "$file" --source "$name" >"$work/answer" 2>&1
        cat "$work/answer"
        if ! grep -Eq '^[^ ]+: .*: [1-9][0-9]* tested' "$work/answer"; then
            echo "real: the report of $name tells nothing" >&2
            exit 1
        fi
    done
    reports="$reports $name"
}

say "Reports"
printf 'import subprocess\nsubprocess.call("ls", shell=True)\neval("1")\n' >"$work/code/a.py"
printf 'left==1.0\nright==2.5\n' >"$work/code/requirements.txt"
if has bandit bandit && bandit --help 2>/dev/null | grep -q sarif; then
    (cd "$work/code" && bandit -q -r . -f sarif -o "$work/reports/bandit.sarif") >"$work/tool.log" 2>&1 || [ $? -eq 1 ]
    report bandit
fi
if has semgrep semgrep; then
    printf 'rules:\n  - {id: no-eval, languages: [python], severity: ERROR, message: eval runs what it is given, pattern: eval(...)}\n' \
        >"$work/rules.yaml"
    # No word to its makers, no look at the network. It does not say when: its gap is that.
    (cd "$work/code" && SEMGREP_SETTINGS_FILE="$work/settings.yml" SEMGREP_ENABLE_VERSION_CHECK=0 semgrep scan \
        --metrics=off --no-git-ignore --config "$work/rules.yaml" --sarif --sarif-output="$work/reports/semgrep.sarif" a.py) \
        >"$work/tool.log" 2>&1
    report semgrep
fi
if has cyclonedx-py cyclonedx-py; then
    cyclonedx-py requirements "$work/code/requirements.txt" --of JSON -o "$work/reports/cyclonedx-py.json" \
        >"$work/tool.log" 2>&1
    report cyclonedx-py
fi
if has nmap nmap; then
    nmap -sT -Pn -n -p "$listening" -oX "$work/reports/nmap.xml" 127.0.0.1 >"$work/tool.log" 2>&1
    report nmap
fi
if has oscap oscap; then
    # Two rules about the sort of system, of which one fails: Debian 12 has no content of the SCAP Security Guide for itself.
    cat >"$work/code/oval.xml" <<XML
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"
  xmlns:i="http://oval.mitre.org/XMLSchema/oval-definitions-5#independent">
<generator><o:schema_version xmlns:o="http://oval.mitre.org/XMLSchema/oval-common-5">5.11</o:schema_version>
<o:timestamp xmlns:o="http://oval.mitre.org/XMLSchema/oval-common-5">$(date -u +%Y-%m-%dT%H:%M:%S)</o:timestamp></generator>
<definitions>$(for number in 1 2; do
        printf '<definition class="compliance" id="oval:example.loopback:def:%s" version="1"><metadata>' "$number"
        printf '<title>%s</title><description>The sort of system.</description></metadata>' "$number"
        printf '<criteria><criterion test_ref="oval:example.loopback:tst:%s"/></criteria></definition>' "$number"
    done)</definitions>
<tests>$(for number in 1 2; do
        printf '<i:family_test id="oval:example.loopback:tst:%s" version="1" check="all" comment="sort">' "$number"
        printf '<i:object object_ref="oval:example.loopback:obj:1"/>'
        printf '<i:state state_ref="oval:example.loopback:ste:%s"/></i:family_test>' "$number"
    done)</tests>
<objects><i:family_object id="oval:example.loopback:obj:1" version="1"/></objects>
<states><i:family_state id="oval:example.loopback:ste:1" version="1"><i:family>unix</i:family></i:family_state>
<i:family_state id="oval:example.loopback:ste:2" version="1"><i:family>windows</i:family></i:family_state></states>
</oval_definitions>
XML
    {
        printf '<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_example.loopback_benchmark_1">'
        printf '<status>draft</status><version>1</version>'
        for number in 1 2; do
            printf '<Rule id="xccdf_example.loopback_rule_%s" selected="true" severity="low"><title>%s</title>' \
                "$number" "$number"
            printf '<check system="http://oval.mitre.org/XMLSchema/oval-definitions-5"><check-content-ref '
            printf 'href="oval.xml" name="oval:example.loopback:def:%s"/></check></Rule>' "$number"
        done
        printf '</Benchmark>\n'
    } >"$work/code/xccdf.xml"
    # Exit status 2 means that a rule failed, as one is meant to.
    (cd "$work/code" && oscap xccdf eval --results "$work/reports/oscap.xml" xccdf.xml) >"$work/tool.log" 2>&1 || :
    report oscap
fi
if [ -n "$moto" ] && has prowler prowler; then
    say "prowler against $moto: minutes"
    mkdir "$work/prowler"
    # Exit status 3 means that checks failed, as they are meant to.
    (cd "$work/prowler" && AWS_ENDPOINT_URL="$moto" AWS_DEFAULT_REGION=us-east-1 HOME="$work/prowler" prowler aws \
        --services iam s3 --region us-east-1 -M json-ocsf -o "$work/prowler" -F report --no-banner) \
        >"$work/tool.log" 2>&1 || :
    for file in "$work"/prowler/*.ocsf.json; do
        if [ -s "$file" ]; then cp "$file" "$work/reports/prowler.json"; fi
    done
    report prowler
fi

/// Templates of tests, varied in fields, thresholds and grace. Number 0 of each kind is a published one; of the state tests
/// the first twenty are, and as many of the next as the size has tests of age.
struct TestTemplates {
    private let size: WorkloadSize
    private let names = WorkloadKind.resourceNames

    init(_ size: WorkloadSize) {
        self.size = size
    }

    /// The name of a test and its document without the first two lines.
    func test(_ kind: String, _ number: Int) -> (name: String, body: String) {
        switch kind {
        case "state": state(number)
        case "event": event(number)
        case "cadence": cadence(number)
        case "response": response(number)
        case "ratio": ratio(number)
        case "recon": recon(number)
        default: sod(number)
        }
    }

    private func state(_ number: Int) -> (String, String) {
        let aged = size.agedKinds
        if number < 20 {
            let name = names[number]
            return ("encrypted-\(name)", resource(name, "r.encrypted", grace: "7d"))
        }
        if number < 20 + aged {
            let name = names[number - 20]
            return ("rotated-\(name)", resource(name, "at - r.rotated_at < days(730)", grace: "24h"))
        }
        let other = number - 20 - aged
        let name = names[(other * 7 + other / 20) % 20]
        let grace = ["24h", "48h", "72h"][other % 3]
        switch other % 6 {
        case 0: return ("private-\(number)-\(name)", resource(name, "!(r.public && r.phi)", grace: grace))
        case 1: return ("logged-\(number)-\(name)", resource(name, "r.logging", grace: grace))
        case 2:
            let days = [14, 21, 28][other / 6 % 3]
            return (
                "retained-\(number)-\(name)",
                resource(name, "r.retention_days >= \(days)", scope: "r.phi", grace: grace)
            )
        case 3:
            return (
                "placed-\(number)-\(name)",
                resource(
                    name, "r.region in ['us-east', 'us-west', 'eu-north', 'eu-west', 'ap-south']",
                    grace: grace)
            )
        case 4:
            return (
                "owned-\(number)-\(name)",
                resource(name, "r.owner != '' && r.tag.startsWith('tag-')", grace: grace)
            )
        default:
            let scope = ["a.enabled", "a.enabled && a.admin", "a.enabled && a.type == 'human'"][other / 6 % 3]
            return (
                "second-factor-\(number)",
                body(
                    "Second factor",
                    "of: idp.account\nscope: \(scope)\nrequire: a.mfa\n"
                        + "params: { grace: \(grace) }")
            )
        }
    }

    private func resource(_ name: String, _ require: String, scope: String? = nil, grace: String) -> String {
        let scope = scope.map { "scope: \"\($0)\"\n" } ?? ""
        return body(
            "Resources of kind \(name)",
            "of: asset.\(name)\nas: r\n\(scope)require: \"\(require)\"\nparams: { grace: \(grace) }")
    }

    private func event(_ number: Int) -> (String, String) {
        let person = { (key: String) in
            "join:\n  person:\n    of: hr.employment\n    as: person\n    on: [\(key), person.person_id]"
        }
        switch number {
        case 0:
            return (
                "deploy-two-people",
                body(
                    "Two people",
                    "of: deploy.run\nas: d\nrequire: \"has(d.approver) && d.approver != d.author\"")
            )
        case 1:
            return (
                "access-employed",
                body(
                    "Only those employed see patients",
                    "of: phi.access\nas: a\nrequire: \"!has(person.ended_at)\"\n" + person("a.user"))
            )
        default: break
        }
        let variant = number / 5
        switch number % 5 {
        case 0:
            let passed =
                "of: deploy.run\nas: d\nscope: d.service != 'svc-00\(variant % 10)'\nrequire: d.checks_passed"
            return ("checks-\(number)", body("Checks pass", passed))
        case 1:
            let limited =
                "of: phi.access\nas: a\nrequire: a.rows <= \(15 + variant) || a.purpose != 'break-glass'"
            return ("bulk-\(number)", body("No bulk access in an emergency", limited))
        case 2:
            let purpose =
                "of: phi.access\nas: a\nscope: a.system == 'ehr-\(variant % 8)'\nrequire: a.purpose != 'break-glass'"
            return ("purpose-\(number)", body("Purpose", purpose))
        case 3:
            let approver =
                "of: deploy.run\nas: d\nscope: \"has(d.approver)\"\nrequire: \"!has(person.ended_at)\"\n"
                + person("d.approver")
            return ("approver-employed-\(number)", body("Approvers are employed", approver))
        default:
            let contractor =
                "of: phi.access\nas: a\nscope: a.purpose == 'payment'\nrequire: person.worker_type == 'employee'\n"
                + person("a.user")
            return ("payment-staff-\(number)", body("Payment by staff", contractor))
        }
    }

    private func cadence(_ number: Int) -> (String, String) {
        let stores =
            "of: backup.job\nas: b\nwhere: b.succeeded\nper: { of: cloud.store, as: s, key: b.store }\n"
        if number == 0 {
            return ("backup-daily", body("Daily backups", stores + "params: { every: day, due: 6h }"))
        }
        let hours = 24 + 6 * (number / 5)
        switch number % 5 {
        case 0:
            return (
                "deploys-\(number)", body("Deployments", "of: deploy.run\nas: d\nparams: { every: week }")
            )
        case 1:
            return (
                "backup-weekly-\(number)", body("Weekly", stores + "params: { every: week, due: \(hours)h }")
            )
        case 2:
            return (
                "backup-rolling-\(number)", body("Rolling", stores + "params: { rolling: \(hours + 24)h }")
            )
        case 3:
            let elsewhere = stores.replacing("b.succeeded", with: "b.succeeded && b.off_account")
            return (
                "backup-elsewhere-\(number)",
                body("Elsewhere", elsewhere + "params: { every: month, due: \(hours)h }")
            )
        default:
            return (
                "repairs-\(number)",
                body("Repairs", "of: vuln.fixed\nas: x\nwhere: x.verified\nparams: { rolling: \(hours)h }")
            )
        }
    }

    private func response(_ number: Int) -> (String, String) {
        let fixed = "response: { of: vuln.fixed, as: x, where: x.verified, key: x.finding }"
        if number == 0 {
            return (
                "repair-30d",
                body(
                    "Repairs within 30 days",
                    "params: { sla: 30d, skew: 2m }\ntrigger: { of: vuln.found, as: f, key: f.finding }\n"
                        + fixed)
            )
        }
        if number % 5 == 1 {
            return (
                "leavers-\(number)",
                body(
                    "Leavers lose their accounts",
                    "params: { sla: \(24 + number / 5)h, skew: 2m }\n"
                        + "trigger: { of: hr.employment, as: t, when: t.ended_at, key: t.person_id }\n"
                        + "response: { of: idp.account, as: a, becomes: \"!a.enabled\", key: a.owner_id, every: true }"
                )
            )
        }
        let severity = ["critical", "high", "medium", "low"][number % 4]
        let trigger =
            "trigger: { of: vuln.found, as: f, where: \"f.severity == '\(severity)'\", key: f.finding }\n"
        return (
            "repair-\(number)-\(severity)",
            body("Repairs by severity", "params: { sla: \(28 + number)d }\n" + trigger + fixed)
        )
    }

    private func ratio(_ number: Int) -> (String, String) {
        let expected = "expected: { every: \(size.probeInterval)s }"
        if number == 0 {
            return (
                "answers-999",
                body(
                    "Services answer",
                    "of: uptime.probe\nas: p\nrequire: p.up\ngroup: p.service\n"
                        + "params: { target: 99.9%, every: month, \(expected) }")
            )
        }
        let together = "expected: { every: \(size.probeInterval / Int64(size.services))s }"
        let share = "99.\(5 + number / 4 % 5)%"
        switch number % 4 {
        case 0:
            let daily =
                "of: uptime.probe\nas: p\nrequire: p.up\ngroup: p.service\nparams: { target: 99%, every: week, \(expected) }"
            return ("answers-weekly-\(number)", body("Weekly answers", daily))
        case 1:
            let all =
                "of: uptime.probe\nas: p\nrequire: p.up\nparams: { target: \(share), every: week, \(together) }"
            return ("answers-\(number)", body("All services", all))
        case 2:
            let backups =
                "of: backup.job\nas: b\nrequire: b.succeeded\nparams: { target: \(share), every: month }"
            return ("backup-share-\(number)", body("Backups succeed", backups))
        default:
            let checks =
                "of: deploy.run\nas: d\nrequire: d.checks_passed\nparams: { target: \(share), every: month }"
            return ("checks-share-\(number)", body("Checks pass", checks))
        }
    }

    private func recon(_ number: Int) -> (String, String) {
        let employed = "!has(e.ended_at) || at < e.ended_at"
        let roster = "in: { of: hr.employment, as: e, scope: \"\(employed)\", key: e.person_id }\n"
        if number == 0 {
            return (
                "accounts-on-roster",
                body(
                    "Accounts belong to people",
                    "of: idp.account\nas: a\nscope: a.enabled\nkey: a.owner_id\n" + roster
                        + "params: { grace: 24h }")
            )
        }
        let grace = "params: { grace: \(24 + 4 * number)h }"
        switch number % 3 {
        case 0:
            let admins = "of: idp.account\nas: a\nscope: a.enabled && a.admin\nkey: a.owner_id\n"
            return ("admins-on-roster-\(number)", body("Administrators", admins + roster + grace))
        case 1:
            let people =
                "of: hr.employment\nas: e\nscope: \"!has(e.ended_at)\"\nkey: e.person_id\n"
                + "in: { of: idp.account, as: a, scope: a.enabled, key: a.owner_id }\n"
            return ("people-with-accounts-\(number)", body("Everyone has an account", people + grace))
        default:
            let name = names[number % 20]
            let owners = "of: asset.\(name)\nas: r\nscope: r.phi\nkey: r.owner\n"
            return ("owners-on-roster-\(number)", body("Owners are employed", owners + roster + grace))
        }
    }

    private func sod(_ number: Int) -> (String, String) {
        let roles = { (first: String, second: String) in
            "roles:\n  \(first): { of: hr.employment, as: e, scope: \"!has(e.ended_at) && e.role == '\(first)'\", "
                + "key: e.person_id }\n  \(second): { of: idp.account, as: a, scope: \"a.enabled && a.admin\", key: a.owner_id }"
        }
        let role = ["clinician", "support", "analyst", "operations"][number / 2 % 4]
        if number % 2 == 0 {
            let deploys =
                "of: deploy.run\nas: d\nscope: \"has(d.approver) && d.service != 'svc-0\(number / 2 + 10)'\"\n"
                + "between: [d.author, d.approver]"
            return ("duties-\(number)", body("Two hands", deploys))
        }
        return ("roles-\(number)", body("Roles apart", roles(role, "administrator")))
    }

    private func body(_ title: String, _ text: String) -> String { "title: \(title)\n\(text)" }
}

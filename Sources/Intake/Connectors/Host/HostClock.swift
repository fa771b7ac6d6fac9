import Formats

/// Whether the machine's clock is kept in step.
enum HostClock {
    static let reading = HostReading(
        kind: "host.clock", query: "synchronisation of the clock by timedatectl, or chronyc"
    ) { scope async throws(HostFailure) in try await read(scope) }

    private static func read(_ scope: HostScope) async throws(HostFailure) -> HostRecords {
        let (state, service) = try await state(scope)
        var result = HostRecords()
        result.add(scope, [], [("synchronized", .bool(state)), ("service", service.map(JSON.string))])
        return result
    }

    private static func state(_ scope: HostScope) async throws(HostFailure) -> (Bool, String?) {
        let machine = scope.machine
        let chrony = await machine.run(["chronyc", "-c", "tracking"])
        if case .answered(let text) = await machine.run([
            "timedatectl", "show", "-p", "NTPSynchronized", "--value",
        ]) {
            let word = text.utf8.prefix { $0 != 0x0A }
            if word.elementsEqual("yes".utf8) || word.elementsEqual("no".utf8) {
                var service: String?
                if case .answered = chrony {
                    service = "chrony"
                } else if machine.exists("/run/systemd/timesync/synchronized") {
                    service = "systemd-timesyncd"
                }
                return (word.elementsEqual("yes".utf8), service)
            }
        }
        // The last field is the leap status, the only one that says whether there is a source at all.
        if case .answered(let text) = chrony {
            let fields = text.utf8.prefix { $0 != 0x0A }.split(separator: UInt8(ascii: ","))
            if fields.count > 10, let leap = fields.last {
                return (!leap.elementsEqual("Not synchronised".utf8), "chrony")
            }
        }
        throw HostFailure(
            "timedatectl, chronyc", "neither can tell here; inside a container the clock is the host's affair"
        )
    }
}

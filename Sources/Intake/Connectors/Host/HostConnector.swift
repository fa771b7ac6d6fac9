import Evidence
import Formats

/// Reads the Linux machine that this program runs on, as one snapshot: accounts, SSH daemon, updates, sockets, clock
/// and volumes, each on its own, so that what cannot be read of one leaves the others as they are.
///
/// Parameter: `host`, the machine's name; the kernel's unless said. Reads no password hashes (only whether there is
/// one), no keys and nothing in home folders.
package struct HostConnector: Connector {
    package static let name = "host"

    private let machine: any Machine

    package init() {
        machine = LocalMachine()
    }

    init(machine: any Machine) {
        self.machine = machine
    }

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        if let refusal = refusingRaw(request, "this machine's own files are read, which nobody answers") {
            return try await emit(refusal)
        }
        let started = request.now()
        let readings = HostReading.all.filter { request.wants($0.kind) }
        guard let host = request.parameters["host"] ?? machine.word("/proc/sys/kernel/hostname"),
            !host.isEmpty
        else {
            return try await emit(
                failed(
                    request, "this machine", scope: "/proc/sys/kernel/hostname",
                    "the machine's name cannot be read: is this Linux? The parameter \"host\" gives one"))
        }
        let scope = HostScope(machine: machine, host: host, now: started)
        var draft = BatchDraft(
            source: request.source, collector: Self.collector(request), mode: .snapshot, query: "",
            parameters: ["host": host], kinds: readings.map(\.kind), started: started, ended: started,
            pages: readings.count)
        var queries: [String] = []
        var seen: [(kind: Identifier, records: HostRecords)] = []
        for reading in readings {
            do throws(HostFailure) {
                let found = try await reading.read(scope)
                queries.append(([reading.query] + found.notes).joined(separator: ", "))
                seen.append((reading.kind, found))
            } catch {
                queries.append(reading.query)
                draft.failures.append(
                    CollectionFailure(kind: reading.kind, scope: error.scope, reason: error.reason))
            }
        }
        draft.query = queries.joined(separator: "; ")
        // By then all had been seen; what is missing is gone from the same moment on.
        draft.started = max(started, request.now())
        draft.ended = draft.started
        for (kind, records) in seen {
            Self.add(records, of: kind, to: &draft, freshness: request.freshness)
        }
        try await emit(Delivery(draft))
    }

    private static func add(
        _ found: HostRecords, of kind: Identifier, to draft: inout BatchDraft, freshness: TimeSpan
    ) {
        var seen: Set<Identifier> = []
        for record in found.records where seen.insert(record.key).inserted {
            draft.facts.append(RawFact(.state(kind, record.key, from: draft.started, record.value)))
        }
        for failure in found.failures {
            draft.failures.append(CollectionFailure(kind: kind, scope: failure.scope, reason: failure.reason))
        }
        if found.failures.isEmpty, let interval = Interval(from: draft.started, to: draft.started + freshness)
        {
            draft.facts.append(RawFact(.coverage(kind, interval)))
        }
    }
}

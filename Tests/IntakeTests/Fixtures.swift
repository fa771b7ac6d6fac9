import Evidence
import Formats
import Foundation
import Synchronization
import Testing

@testable import Intake

/// A fixed clock: nothing here may depend on the day it runs.
let noon = Instant(microseconds: 1_772_366_400_000_000)

extension CollectionRequest {
    static func sample(
        _ parameters: [String: String] = [:], command: [String] = [], kinds: [Identifier] = []
    ) -> CollectionRequest {
        CollectionRequest(
            source: "here", parameters: parameters, command: command, kinds: kinds, freshness: .hours(24),
            version: "1.0", now: { noon })
    }
}

/// Keeps what is emitted.
final class Collected: Sendable {
    private let held = Mutex<[Delivery]>([])

    var deliveries: [Delivery] { held.withLock { $0 } }
    var drafts: [BatchDraft] { deliveries.map(\.draft) }

    static func by(_ connector: some Connector, _ request: CollectionRequest) async throws -> [BatchDraft] {
        try await deliveries(by: connector, request).map(\.draft)
    }

    static func deliveries(by connector: some Connector, _ request: CollectionRequest) async throws
        -> [Delivery]
    {
        let collected = Collected()
        try await connector.collect(request) { delivery in collected.held.withLock { $0.append(delivery) } }
        return collected.deliveries
    }
}

extension BatchDraft {
    var reasons: [String] { failures.map(\.reason) }

    func records(_ kind: Identifier) -> [(key: String, value: JSONObject)] {
        facts.compactMap { raw in
            guard raw.fact.kind == kind, let value = raw.fact.value else { return nil }
            return (raw.fact.key.text, value)
        }
    }

    func coverage(_ kind: Identifier) -> Interval? {
        for raw in facts where raw.fact.kind == kind {
            if case .coverage(let interval) = raw.fact.shape { return interval }
        }
        return nil
    }

    var coverageCount: Int {
        facts.count { if case .coverage = $0.fact.shape { true } else { false } }
    }
}

/// A folder that is gone when the test is over.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/intake-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ name: String, _ text: String) throws {
        let file = path + "/" + name
        let parent = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
}

package import Formats

/// A document as it was in force for some time.
package struct DocumentVersion: Sendable, Hashable {
    package let document: Document
    package let inForce: Interval
    /// When it was put on record, which may be later than the time from which it counts.
    package let recorded: Instant
}

/// One line of the record of a program: a document that was applied, or one that was removed.
package enum ProgramChange: Sendable, Hashable {
    case apply(Document)
    case remove(Program.Key)

    /// `{"apply":{…}}` or `{"remove":{"id":"…","type":"…"}}`.
    package var json: JSON {
        switch self {
        case .apply(let document): .object([("apply", document.canonical)])
        case .remove(let key):
            .object([
                ("remove", .object([("id", .string(key.id.text)), ("type", .string(key.type.rawValue))]))
            ])
        }
    }

    /// Reads a line; an unreadable document tells why.
    package init(_ json: JSON) throws(ProgramError) {
        if let document = json["apply"] {
            self = .apply(try Document(canonical: document))
        } else if let id = json["remove"]?["id"]?.string,
            let type = json["remove"]?["type"]?.string.flatMap(DocumentType.init(rawValue:))
        {
            self = .remove(Program.Key(type, Identifier(id)))
        } else {
            throw ProgramError([
                Finding(
                    .error, "unknown-change", at: .stored, "neither an applied document nor a removed one")
            ])
        }
    }

    package var key: Program.Key {
        switch self {
        case .apply(let document): document.key
        case .remove(let key): key
        }
    }
}

/// All versions of a program. Each moment of a period is judged by the version that was in force then.
package struct ProgramHistory: Sendable, Hashable {
    /// One change of a document, as it was put on record.
    package struct Step: Sendable, Hashable {
        package let change: ProgramChange
        package let recorded: Instant
    }

    private var steps: [Program.Key: [Step]] = [:]

    package init() {}

    /// Adds changes that were recorded together, after all that were added before.
    package mutating func add(_ changes: [ProgramChange], recorded: Instant) {
        for change in changes {
            steps[change.key, default: []].append(Step(change: change, recorded: recorded))
        }
    }

    /// Everything that was ever applied or removed; of each document in the order of time.
    package var changes: [ProgramChange] { steps.values.flatMap { $0.map(\.change) } }

    /// Everything that was put on record of a document, in that order, with what a later step put out of force again.
    package func steps(of type: DocumentType, _ id: Identifier) -> [Step] {
        steps[Program.Key(type, id)] ?? []
    }

    /// When the program was first applied; nil when it never was.
    package var began: Instant? { steps.values.compactMap { $0.first?.recorded }.min() }

    /// The program as it stands after the last change.
    package var current: Program {
        Program(
            steps.values.compactMap { steps in
                if case .apply(let document)? = steps.last?.change { document } else { nil }
            })
    }

    /// The ids of all documents of a type that ever were, in order.
    package func ids(of type: DocumentType) -> [Identifier] {
        steps.keys.filter { $0.type == type }.map(\.id).sorted()
    }

    /// The versions of a document in order of time in force.
    ///
    /// A version counts from its `effective` date. Without one, the first version counts from always, so that evidence
    /// from before the program was written can be judged, and a later one from its recording; the first is the one that
    /// was applied first, also where it was removed before its date came.
    package func versions(_ type: DocumentType, _ id: Identifier, in zone: Zone) -> [DocumentVersion] {
        var found: [DocumentVersion] = []
        // Not whether any is left: one that was removed before its day leaves nothing, and was the first all the same.
        var isFirst = true
        for step in steps[Program.Key(type, id)] ?? [] {
            switch step.change {
            case .remove: Self.end(&found, at: step.recorded)
            case .apply(let document):
                let standard = isFirst ? Instant.distantPast : step.recorded
                isFirst = false
                let start = document.effective?.instant(in: zone) ?? standard
                Self.end(&found, at: start)
                guard let inForce = Interval(from: start, to: .distantFuture) else { continue }
                found.append(DocumentVersion(document: document, inForce: inForce, recorded: step.recorded))
            }
        }
        return found
    }

    /// Ends every version at an instant; those that would begin later never come into force.
    private static func end(_ versions: inout [DocumentVersion], at instant: Instant) {
        versions = versions.compactMap { version in
            Interval(from: version.inForce.start, to: min(version.inForce.end, instant)).map {
                DocumentVersion(document: version.document, inForce: $0, recorded: version.recorded)
            }
        }
    }
}

extension Document {
    /// From when this version says that it counts. Only a test's word does: controls are used as they stand now.
    package var effective: Moment? {
        if case .test(let test) = body { test.effective } else { nil }
    }
}

package import Formats

/// What is wrong with a statement.
package enum StatementError: Error, Hashable, CustomStringConvertible {
    case notJSON(String)
    case otherType(String)
    case missing(member: String)
    case noSubjects
    /// Counted from 0.
    case badSubject(index: Int)
    /// A number that canonical JSON cannot hold.
    case number(String)
    case notCanonical

    init(_ error: CanonicalReadingError) {
        self =
            switch error {
            case .notJSON(let reason): .notJSON(reason.description)
            case .number: .number(error.description)
            case .otherSpelling: .notCanonical
            }
    }

    package var description: String {
        switch self {
        case .notJSON(let reason): "the statement is \(reason)"
        case .otherType(let type): "\"\(type)\" is not an in-toto statement of version 1"
        case .missing(let member): "the statement has no \"\(member)\" of the right type"
        case .noSubjects: "the statement is about nothing: give at least one subject"
        case .badSubject(let index):
            "subject \(index) of the statement is not a name with a SHA-256 digest in lower-case hexadecimal"
        case .number(let reason): "the statement cannot be written: \(reason)"
        case .notCanonical:
            "the statement is not in canonical form (RFC 8785, no unknown members); "
                + "its bytes were changed or written by another program"
        }
    }
}

/// A claim of a certain type about some named bytes (in-toto Statement v1).
///
///     {"_type":"https://in-toto.io/Statement/v1","predicate":{…},"predicateType":"https://…",
///      "subject":[{"digest":{"sha256":"…"},"name":"…"}]}
package struct Statement: Sendable, Hashable {
    /// Something the claim is about, named by its digest.
    package struct Subject: Sendable, Hashable {
        package let name: Identifier
        package let digest: Digest

        package init(name: Identifier, digest: Digest) {
            self.name = name
            self.digest = digest
        }
    }

    /// The `_type` of every statement.
    package static let type = "https://in-toto.io/Statement/v1"

    package let subjects: [Subject]
    /// What kind of claim this is: a URI.
    package let predicateType: Identifier
    /// The claim. In canonical form its numbers are whole; put others in strings.
    package let predicate: JSONObject

    package init(subjects: [Subject], predicateType: Identifier, predicate: JSONObject) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// The canonical JSON (RFC 8785), which is what gets signed.
    package func encoded() throws(StatementError) -> [UInt8] {
        guard !subjects.isEmpty else { throw .noSubjects }
        let subjects = subjects.map { subject in
            JSON.object([
                ("digest", .object([("sha256", .string(subject.digest.hex))])),
                ("name", .string(subject.name.text)),
            ])
        }
        let json = JSON.object([
            ("_type", .string(Self.type)), ("predicate", .object(predicate)),
            ("predicateType", .string(predicateType.text)), ("subject", .array(subjects)),
        ])
        do {
            return try CanonicalJSON.encode(json)
        } catch {
            throw .number(error.description)
        }
    }

    /// Reads a statement that must be written exactly as `encoded()` writes it.
    package init(canonical bytes: [UInt8]) throws(StatementError) {
        let json: JSON
        do {
            json = try JSON(canonical: bytes)
        } catch {
            throw StatementError(error)
        }
        guard let type = json["_type"]?.string else { throw .missing(member: "_type") }
        guard type.utf8.elementsEqual(Self.type.utf8) else { throw .otherType(type) }
        guard let predicateType = json["predicateType"]?.string else {
            throw .missing(member: "predicateType")
        }
        guard let predicate = json["predicate"]?.object else { throw .missing(member: "predicate") }
        guard let list = json["subject"]?.array else { throw .missing(member: "subject") }
        var subjects: [Subject] = []
        for (index, element) in list.enumerated() {
            guard let name = element["name"]?.string,
                let digest = element["digest"]?["sha256"]?.string.flatMap({ Digest(hex: $0) })
            else { throw .badSubject(index: index) }
            subjects.append(Subject(name: Identifier(name), digest: digest))
        }
        guard !subjects.isEmpty else { throw .noSubjects }
        // In canonical form and without another member, these are the bytes that `encoded()` writes.
        guard json.object?.members.count == 4,
            list.allSatisfy({ $0.object?.members.count == 2 && $0["digest"]?.object?.members.count == 1 })
        else { throw .notCanonical }
        self.init(subjects: subjects, predicateType: Identifier(predicateType), predicate: predicate)
    }
}

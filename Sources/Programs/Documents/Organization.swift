package import Catalog
package import Formats

/// Whose program this is.
///
///     organization: northwind
///     name: Northwind Imaging
///     domain: northwind.example
package struct Organization: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var name = ""
    /// Becomes the origin of the log, `<domain>/evidence`, and so can never change.
    package internal(set) var domain = ""
    /// Invented evidence, to be marked as such wherever it shows.
    package internal(set) var isSynthetic = false
    /// Where its days begin, an IANA id, as far as the document says.
    package internal(set) var statedZone: Text?

    /// Whose law on health data binds it besides HIPAA, as far as the document says.
    package internal(set) var jurisdictions: [Jurisdiction] = []

    /// Where its days begin: UTC where the document says nothing.
    package var zone: Text { statedZone ?? "UTC" }

    /// The name of the organisation's log.
    package var origin: String { "\(domain)/evidence" }

    static let schema = Schema<Organization>(
        "an organization", Organization(),
        [
            .required("name", .line, \.name),
            .required(
                "domain",
                .word("a domain such as example.com", parse: { isDomain($0) ? $0 : nil }, print: { $0 }),
                \.domain),
            .optional("synthetic", .flag, \.isSynthetic),
            .optional("zone", .zone, \.statedZone),
            .optional("jurisdictions", .list(of: .choice()), \.jurisdictions),
        ])

    /// A key name of a signed note holds no space and no plus (C2SP signed-note), and we ask for a host name besides.
    package static func isDomain(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                    && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { byte in
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                            || byte == UInt8(ascii: "-")
                    }
            }
    }
}

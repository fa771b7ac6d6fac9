package import Formats

/// Hardware, software or a store of data that belongs to the system.
///
///     asset: image-archive
///     title: Image archive
///     class: restricted
///     phi: true
///     owner: engineering
///     system: reader
///     country: US
///     encrypted: true
///     backup_retention: 35d
package struct Asset: DocumentBody {
    /// How confidential it is.
    package enum Classification: String, Sendable, Hashable, CaseIterable {
        case `public`, `internal`, confidential, restricted
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var classification: Classification = .internal
    package internal(set) var hasPHI = false
    package internal(set) var owner: Text?
    package internal(set) var system: Text?
    /// Id of the vendor where it lies.
    package internal(set) var vendor: Text?
    package internal(set) var country: Text?
    package internal(set) var region: Text?
    /// At rest; nil when nobody has said.
    package internal(set) var isEncrypted: Placed<Bool>?
    package internal(set) var retention: Placed<TimeSpan>?
    package internal(set) var backupRetention: Placed<TimeSpan>?

    static let schema = Schema<Asset>(
        "an asset", Asset(),
        [
            .required("title", .line, \.title),
            .optional("class", .choice(), \.classification),
            .optional("phi", .flag, \.hasPHI),
            .optional("owner", .name, \.owner),
            .optional("system", .reference, \.system),
            .optional("vendor", .reference, \.vendor),
            .optional("country", .country, \.country),
            .optional("region", .reference, \.region),
            .optional("encrypted", .placed(.flag), \.isEncrypted),
            .optional("retention", .placed(.duration), \.retention),
            .optional("backup_retention", .placed(.duration), \.backupRetention),
        ])
}

/// Data put together for training, evaluation or research, and the agreements its items come under.
///
///     dataset: chest-2026
///     title: Chest studies of 2026
///     agreements: [northside-baa]
///     purposes: [training]
///     deidentified: true
package struct Dataset: DocumentBody {
    /// What the data is put together for.
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        case training, evaluation, research, commercial
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var owner: Text?
    package internal(set) var agreements: [Text] = []
    package internal(set) var purposes: [Placed<Purpose>] = []
    package internal(set) var isDeidentified: Placed<Bool>?

    static let schema = Schema<Dataset>(
        "a dataset", Dataset(),
        [
            .required("title", .line, \.title),
            .optional("owner", .name, \.owner),
            .required("agreements", .list(of: .reference), \.agreements),
            .required("purposes", .list(of: .placed(.choice())), \.purposes),
            .optional("deidentified", .placed(.flag), \.isDeidentified),
        ])
}

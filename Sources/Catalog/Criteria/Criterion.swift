package import Formats

/// One of the five trust services categories a SOC 2 examination may cover.
package enum Category: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case security
    case availability
    case processingIntegrity = "processing-integrity"
    case confidentiality
    case privacy

    package var description: String {
        switch self {
        case .security: "Security"
        case .availability: "Availability"
        case .processingIntegrity: "Processing Integrity"
        case .confidentiality: "Confidentiality"
        case .privacy: "Privacy"
        }
    }
}

/// One of the 61 outcomes that the trust services criteria ask for, such as CC6.1.
package struct Criterion: Sendable, Hashable {
    package let id: Identifier
    package let category: Category
    /// Title of the series it belongs to: for CC6.1, "Logical and physical access".
    package let group: String
    /// The COSO 2013 principle that it repeats (CC1 to CC5 only).
    package let principle: Int?
    /// What it asks for, in our words; the wording of the standard is its publisher's.
    package let statement: String
    /// What its points of focus (2022) draw attention to, in our words; they are considerations, not requirements.
    package let focus: String
}

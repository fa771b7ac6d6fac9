/// For whom a package is made, and so what it holds.
package enum PackageProfile: String, Sendable, Hashable, CaseIterable {
    /// Everything.
    case auditor
    /// Everything but fields marked personal.
    case buyer
    /// The conclusions, and the proof that they are on record.
    case `public`
}

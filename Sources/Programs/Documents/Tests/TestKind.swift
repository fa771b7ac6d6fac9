/// The kinds of test that exist, by the words that documents write; in the order in which they are listed.
package enum TestKind: String, CaseIterable, Sendable {
    case state
    case event
    case cadence
    case response
    case ratio
    case recon
    case sod
    case attest
}

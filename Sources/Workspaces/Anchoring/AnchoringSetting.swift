package import Formats
import Foundation
package import Ledger
import Storage
import StorageSQLite
import Transport

/// Why a setting would not do what it says.
package enum AnchoringError: Error, Hashable, CustomStringConvertible {
    /// No stamp would be taken; the system's own file of trusted certificates.
    case noRoots(system: String)
    case address(of: String, String)
    /// More clocks are to agree than could.
    case clockQuorum(Int, authorities: Int, roots: Int)

    package var description: String {
        switch self {
        case .noRoots(let system):
            "no certificate is trusted that an authority's signer could lead to, and \(system) has none of the usual "
                + "ones: name a file of certificates (PEM) with --roots, or ask witnesses only, with --no-clocks"
        case .address(let name, let address):
            "\(name): \"\(address)\" is no address; give one that begins with https:// or http:// and a host; where a "
                + "port follows, it is a number from 1 to 65535"
        case .clockQuorum(let quorum, let authorities, let roots):
            "a quorum of \(quorum) clocks cannot be met: \(authorities) authorities are asked, and their signers may lead "
                + "to \(roots) certificates; give --clock-quorum a number from 1 to \(max(1, min(authorities, roots))), "
                + "or name more with --authority and --roots"
        }
    }
}

/// Who is asked to vouch for the log from outside: time-stamping authorities and witnesses.
package struct AnchoringSetting: Sendable {
    /// A time-stamping authority by name and address.
    package struct Authority: Sendable, Hashable {
        package let name: String
        /// Where it takes requests over HTTP (RFC 3161 §3.4).
        package let address: String

        package init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }

    package var authorities: [Authority]
    /// Certificates in DER that the authorities' signers must lead to.
    package var roots: [[UInt8]]
    /// Nil without witnesses.
    package var policy: WitnessPolicy?
    /// How many different ones of the certificates must have a time stamp below them, each by a key of its own. With
    /// two, no single authority whose key was stolen can say when something existed.
    package var clockQuorum: Int
    /// After so long without an anchor there is an alarm.
    package var maximumAge: TimeSpan

    /// Whether there is anybody who can be asked: a setting without is a way out, once a witness was wrong.
    package var asksAnybody: Bool {
        !authorities.isEmpty || policy?.witnesses.contains { $0.address != nil } == true
    }

    /// What the trust file asks of the clocks. Whoever asks no clock asks nobody else to look for one: what a trust file
    /// asks for is demanded.
    package var clocks: TrustFile.Clocks {
        authorities.isEmpty ? .init() : .init(anchors: roots, quorum: clockQuorum)
    }

    /// Two authorities of different houses; any other may be named instead.
    package static let standard = [
        Authority(name: "digicert", address: "http://timestamp.digicert.com"),
        Authority(name: "sectigo", address: "http://timestamp.sectigo.com"),
    ]
    /// What certifies those two, as the system's store calls it.
    private static let standardRoots = [
        "DigiCert Trusted Root G4", "DigiCert Assured ID Root CA", "USERTrust RSA Certification Authority",
        "Sectigo Public Time Stamping Root R46",
    ]
    private static let systemRoots = "/etc/ssl/certs/ca-certificates.crt"

    package init(
        authorities: [Authority] = AnchoringSetting.standard, roots: [[UInt8]]? = nil,
        policy: WitnessPolicy? = nil, clockQuorum: Int = 1, maximumAge: TimeSpan = .hours(26)
    ) {
        self.authorities = authorities
        self.roots = roots ?? Self.usualRoots()
        self.policy = policy
        self.clockQuorum = clockQuorum
        self.maximumAge = maximumAge
    }

    /// Those of the system's trusted certificates that certify the standard authorities.
    private static func usualRoots() -> [[UInt8]] {
        guard let data = FileManager.default.contents(atPath: systemRoots),
            let all = try? TimestampAnchor.anchors(pem: String(decoding: data, as: UTF8.self))
        else { return [] }
        return all.filter { root in standardRoots.contains { root.name.contains("CN=\($0)") } }.map(\.bytes)
    }

    /// Refuses authorities of whom nothing would be accepted, and whoever cannot be asked.
    private func check() throws(AnchoringError) {
        if !authorities.isEmpty, roots.isEmpty { throw .noRoots(system: Self.systemRoots) }
        let named = (authorities: Set(authorities.map(\.name)).count, roots: Set(roots).count)
        let most = max(1, min(named.authorities, named.roots))
        guard authorities.isEmpty || (1...most).contains(clockQuorum) else {
            throw .clockQuorum(clockQuorum, authorities: named.authorities, roots: named.roots)
        }
        let asked =
            authorities.map { ($0.name, $0.address) }
            + (policy?.witnesses ?? []).compactMap { witness in
                witness.address.map { (witness.name, $0) }
            }
        for (name, address) in asked where URLText.parts(address) == nil {
            throw .address(of: name, address)
        }
    }

    /// Writes the file of a workspace, in place of the one that is there.
    func write(to workspace: String) throws {
        try check()
        try DurableFile.write(
            try AnchoringFile.encoded(self), to: AnchoringFile.path(workspace), mode: 0o600)
    }
}

extension Workspace {
    /// Who vouches for the log; nil when nobody was asked to.
    package func anchoring() throws -> AnchoringSetting? { try AnchoringFile.read(workspace: path) }

    /// That the setting is gone from a log that has anchors, and what helps; nil where it is there or nobody was asked
    /// yet. A setting that asks nobody is one, and lets go of nothing silently.
    package func lostAnchoring() throws -> String? {
        try database.read { try lostAnchoring($0) }
    }

    func lostAnchoring(_ database: any Reading) throws -> String? {
        guard try anchoring() == nil, try !AnchorTable.rows(database).isEmpty else { return nil }
        return "\(AnchoringFile.lost(workspace: path))"
    }

    /// Says anew who vouches for the log.
    ///
    /// - Throws: for what `check` refuses, and where the file cannot be written.
    package func setAnchoring(_ setting: AnchoringSetting) throws { try setting.write(to: path) }
}

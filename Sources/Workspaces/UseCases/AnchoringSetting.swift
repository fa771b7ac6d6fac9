package import Formats
import Foundation
package import Ledger
import StorageSQLite
import Transport

/// Why a setting would not do what it says.
package enum AnchoringError: Error, Hashable, CustomStringConvertible {
    /// No stamp would be taken; the system's own file of trusted certificates.
    case noRoots(system: String)
    case address(of: String, String)

    package var description: String {
        switch self {
        case .noRoots(let system):
            "no certificate is trusted that an authority's signer could lead to, and \(system) has none of the usual "
                + "ones: name a file of certificates (PEM) with --roots, or ask witnesses only, with --no-clocks"
        case .address(let name, let address):
            "\(name): \"\(address)\" is no address; give one that begins with https:// or http:// and a host; where a "
                + "port follows, it is a number from 1 to 65535"
        }
    }
}

/// Who is asked to vouch for the log from outside: time-stamping authorities and witnesses.
package struct AnchoringSetting: Sendable {
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
    /// After so long without an anchor there is an alarm.
    package var maximumAge: TimeSpan

    /// Whether there is anybody who can be asked: a setting without is a way out, once a witness was wrong.
    package var asksAnybody: Bool {
        !authorities.isEmpty || policy?.witnesses.contains { $0.address != nil } == true
    }

    /// What the trust file asks of the clocks. Whoever asks no clock asks nobody else to look for one: what a trust file
    /// asks for is demanded.
    package var clocks: TrustFile.Clocks { .init(anchors: authorities.isEmpty ? [] : roots) }

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
        policy: WitnessPolicy? = nil, maximumAge: TimeSpan = .hours(26)
    ) {
        self.authorities = authorities
        self.roots = roots ?? Self.usualRoots()
        self.policy = policy
        self.maximumAge = maximumAge
    }

    /// Those of the system's trusted certificates that certify the standard authorities.
    private static func usualRoots() -> [[UInt8]] {
        guard let data = FileManager.default.contents(atPath: systemRoots),
            let all = try? TimestampAnchor.anchors(pem: String(decoding: data, as: UTF8.self))
        else { return [] }
        return all.filter { root in standardRoots.contains { root.name.contains("CN=\($0)") } }.map(\.bytes)
    }

    private static let format = "assay-anchoring/1"
    static func path(_ workspace: String) -> String { workspace + "/anchoring.json" }

    /// Reads the setting of a workspace; nil when none was made.
    init?(workspace: String) throws {
        let path = Self.path(workspace)
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let json = try? JSON(parsing: Array(data)), json["format"]?.string == Self.format,
            let list = json["authorities"]?.array, let roots = json["roots"]?.array,
            let seconds = json["maximumAge"]?.integer, seconds > 0
        else {
            throw WorkspaceError.unreadable(
                path: path, "not a setting for anchors; run \"assay log configure\"")
        }
        authorities = list.compactMap { one in
            guard let name = one["name"]?.string, let address = one["address"]?.string else { return nil }
            return Authority(name: name, address: address)
        }
        self.roots = roots.compactMap { $0.string.flatMap { Base64.decode($0) } }
        let lines = json["policy"]?.array?.compactMap(\.string)
        policy = try lines.map { try WitnessPolicy(parsing: $0.joined(separator: "\n") + "\n") }
        maximumAge = .seconds(seconds)
    }

    /// Refuses authorities of whom nothing would be accepted, and whoever cannot be asked.
    private func check() throws(AnchoringError) {
        if !authorities.isEmpty, roots.isEmpty { throw .noRoots(system: Self.systemRoots) }
        let asked =
            authorities.map { ($0.name, $0.address) }
            + (policy?.witnesses ?? []).compactMap { witness in
                witness.address.map { (witness.name, $0) }
            }
        for (name, address) in asked where URLText.parts(address) == nil {
            throw .address(of: name, address)
        }
    }

    func write(to workspace: String) throws {
        try check()
        var members: [(String, JSON)] = [
            ("format", .string(Self.format)),
            (
                "authorities",
                .array(
                    authorities.map {
                        .object([("name", .string($0.name)), ("address", .string($0.address))])
                    })
            ),
            ("roots", .array(roots.map { .string(Base64.encode($0)) })),
            ("maximumAge", .integer(maximumAge.microseconds / 1_000_000)),
        ]
        if let policy { members.append(("policy", .array(policy.lines.map { .string($0) }))) }
        try DurableFile.write(
            try CanonicalJSON.encode(.object(members)) + [0x0A], to: Self.path(workspace), mode: 0o600)
    }
}

extension Workspace {
    /// Who vouches for the log; nil when nobody was asked to.
    package func anchoring() throws -> AnchoringSetting? { try AnchoringSetting(workspace: path) }

    package func setAnchoring(_ setting: AnchoringSetting) throws { try setting.write(to: path) }
}

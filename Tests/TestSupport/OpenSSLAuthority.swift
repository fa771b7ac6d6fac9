import Foundation

/// A time-stamping authority made of OpenSSL's command line, in a folder of its own: a root, an authority below it, and
/// signers of several kinds.
package final class OpenSSLAuthority: Sendable {
    package struct Failed: Error, CustomStringConvertible {
        package let description: String
    }

    /// Which certificate signs.
    package enum Signer: String, Sendable, CaseIterable {
        case rsa, p256, p384
        /// Ended years ago.
        case expired
        /// For servers, not for time stamps.
        case server
        /// For time stamps, but that is not marked critical.
        case lenient
    }

    private static let program = "/usr/bin/openssl"
    package static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }
    /// Why a test that needs it does not run.
    package static let whySkipped = "skipped: openssl is not installed"

    package let folder: String

    package init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/authority-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write("ts.cnf", Self.settings)
        for (name, subject) in [("root", "/O=Test/CN=Test Root"), ("other", "/O=Test/CN=Other Root")] {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "\(name).key", "-out", "\(name).pem", "-subj", subject, "-days", "3650")
        }
        try certify("middle", "ec:P-256", by: "root", "middle")
        try certify("rsa", "rsa:2048", by: "middle", "signer")
        for curve in ["256", "384"] { try certify("p\(curve)", "ec:P-\(curve)", by: "middle", "signer") }
        try certify("expired", "ec:P-256", by: "middle", "signer", until: "20210101000000Z")
        try certify("server", "ec:P-256", by: "middle", "server")
        try certify("lenient", "ec:P-256", by: "middle", "lenient")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func certify(
        _ name: String, _ key: String, by issuer: String, _ kind: String,
        until end: String = "20400101000000Z"
    ) throws {
        let parts = key.split(separator: ":").map(String.init)
        let keyArguments =
            parts[0] == "rsa" ? ["rsa:\(parts[1])"] : ["ec", "-pkeyopt", "ec_paramgen_curve:\(parts[1])"]
        try openssl(
            ["req", "-new", "-newkey"] + keyArguments + [
                "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/O=Test/CN=Test \(name)",
            ])
        try issue(name, for: name, by: issuer, kind, until: end)
    }

    private func issue(
        _ name: String, for request: String, by issuer: String, _ kind: String, until end: String
    ) throws {
        try write("index.txt", [])
        try openssl(
            "ca", "-batch", "-config", "ts.cnf", "-name", "ca", "-notext", "-in",
            "\(request).csr",
            "-out", "\(name).pem", "-cert", "\(issuer).pem", "-keyfile", "\(issuer).key", "-extensions", kind,
            "-startdate", "20200101000000Z", "-enddate", end)
    }

    /// So many further certificates of the authority below the root, each with its name and key; gives their names here.
    package func furtherMiddles(_ count: Int) throws -> [String] {
        try (1...count).map { number in
            let name = "middle-\(number)"
            try issue(name, for: "middle", by: "root", "middle", until: "20400101000000Z")
            return name
        }
    }

    /// The answer to a query by `openssl ts -reply`.
    package func reply(to query: [UInt8], by signer: Signer = .p256, section: String = "usual") throws
        -> [UInt8]
    {
        try reply(to: query, certificate: signer.rawValue, key: signer.rawValue, section: section)
    }

    /// The same by the key of `p256`, with a certificate for it that the other root has issued.
    package func crossReply(to query: [UInt8]) throws -> [UInt8] {
        try issue("cross", for: "p256", by: "other", "signer", until: "20400101000000Z")
        return try reply(to: query, certificate: "cross", key: "p256", section: "usual")
    }

    private func reply(to query: [UInt8], certificate: String, key: String, section: String) throws
        -> [UInt8]
    {
        let name = UUID().uuidString
        try write("\(name).tsq", query)
        // It answers a query that it refuses, and still says that it failed.
        _ = try status([
            "ts", "-reply", "-config", "ts.cnf", "-section", section, "-queryfile", "\(name).tsq", "-signer",
            "\(certificate).pem", "-inkey", "\(key).key", "-chain", "middle.pem", "-out",
            "\(name).tsr",
        ])
        return try read("\(name).tsr")
    }

    /// A token over any TSTInfo by `openssl cms`, which asks no certificate what it is for.
    ///
    /// - Parameter others: the certificates that it brings beside the signer's.
    package func token(
        _ info: [UInt8], by signer: Signer, beside others: [String] = ["middle"]
    ) throws -> [UInt8] {
        let name = UUID().uuidString
        try write("\(name).der", info)
        try write("\(name).pem", try others.map { try pem($0) }.joined(separator: ""))
        try openssl(
            "cms", "-sign", "-binary", "-nodetach", "-cades", "-econtent_type", "1.2.840.113549.1.9.16.1.4",
            "-in",
            "\(name).der", "-signer", "\(signer.rawValue).pem", "-inkey", "\(signer.rawValue).key",
            "-certfile",
            "\(name).pem", "-outform", "DER", "-md", "sha256", "-out", "\(name).p7s")
        return try read("\(name).p7s")
    }

    /// What `openssl ts -verify` says of an answer.
    ///
    /// - Parameter isToken: it is a token alone.
    package func accepts(
        _ reply: [UInt8], query: [UInt8], root: String = "root", isToken: Bool = false
    ) throws -> Bool {
        let name = UUID().uuidString
        try write("\(name).tsq", query)
        try write("\(name).tsr", reply)
        let token = isToken ? ["-token_in"] : []
        return try status(
            ["ts", "-verify", "-queryfile", "\(name).tsq", "-in", "\(name).tsr"] + token + [
                "-CAfile", "\(root).pem", "-untrusted", "middle.pem",
            ]) == 0
    }

    /// A trusted certificate in PEM.
    package func pem(_ name: String = "root") throws -> String {
        String(decoding: try read("\(name).pem"), as: UTF8.self)
    }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    private func openssl(_ arguments: [String]) throws {
        let status = try status(arguments)
        guard status == 0 else {
            throw Failed(description: "openssl \(arguments.joined(separator: " ")): status \(status)")
        }
    }

    private func status(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

    private func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
    }

    private static let settings = """
        [ca]
        database = index.txt
        unique_subject = no
        rand_serial = yes
        new_certs_dir = .
        default_md = sha256
        policy = any
        [any]
        organizationName = optional
        commonName = supplied
        [middle]
        basicConstraints = critical,CA:TRUE,pathlen:0
        keyUsage = critical,keyCertSign
        subjectKeyIdentifier = hash
        [signer]
        basicConstraints = CA:FALSE
        keyUsage = critical,digitalSignature
        extendedKeyUsage = critical,timeStamping
        subjectKeyIdentifier = hash
        [server]
        basicConstraints = CA:FALSE
        extendedKeyUsage = critical,serverAuth
        [lenient]
        basicConstraints = CA:FALSE
        extendedKeyUsage = timeStamping
        [usual]
        serial = serial
        signer_digest = sha256
        default_policy = 1.2.3.4.1
        digests = sha256
        accuracy = secs:1
        ordering = yes
        tsa_name = yes
        ess_cert_id_chain = no
        ess_cert_id_alg = sha256
        [old]
        serial = serial
        signer_digest = sha512
        default_policy = 1.2.3.4.2
        digests = sha256
        clock_precision_digits = 3
        ess_cert_id_chain = yes
        ess_cert_id_alg = sha1
        [fine]
        serial = serial
        signer_digest = sha256
        default_policy = 1.2.3.4.1
        digests = sha256
        accuracy = secs:2, millisecs:500, microsecs:100
        ess_cert_id_alg = sha256
        [rough]
        serial = serial
        signer_digest = sha256
        default_policy = 1.2.3.4.1
        digests = sha256
        accuracy = secs:90
        ess_cert_id_alg = sha256
        [refusing]
        serial = serial
        signer_digest = sha256
        default_policy = 1.2.3.4.1
        digests = sha512
        ess_cert_id_alg = sha256

        """
}

import Formats

/// Reads SPDX 2.2 and 2.3 as tags and values, line by line:
///
///     PackageName: openssl
///     SPDXID: SPDXRef-openssl
///     PackageVersion: 3.0.11
///     ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/openssl@3.0.11
///
/// A package begins with its name and goes on until something else begins. A value may go over several lines between
/// `<text>` and `</text>`. The form has no end mark: that a file is cut off shows only within a line, a text, what a
/// package must have, or where no relationship says what several packages make up.
struct SPDXTagValue {
    /// Longest line that is read, in bytes.
    private static let lineLimit = 1 << 20
    private static let textEnd = Array("</text>".utf8)

    /// A value over several lines.
    private struct Text {
        let tag: String
        var value: String
        let line: Int
    }

    private let report: ImportReport
    private var packages: SPDXPackages
    /// The one whose lines come in.
    private var current: SPDXPackages.Package?
    private var text: Text?

    init(_ report: ImportReport) {
        self.report = report
        packages = SPDXPackages(report)
    }

    /// Whether a document is one whose first line that is no comment is this.
    static func recognises(_ line: String) -> Bool { line.hasPrefix("SPDXVersion:") }

    mutating func read(_ input: ByteStream) throws {
        do {
            try readLines(input)
            if let current, !current.isWhole {
                throw ImportError(
                    "the last package lacks its SPDXID or PackageDownloadLocation: the file is cut off")
            }
            try closePackage()
        } catch {
            try packages.breakOff()
            throw error
        }
        if packages.lacksProduct {
            report.gap(
                "Relationship",
                "no relationship says what the document DESCRIBES, which more than one package calls for: it may "
                    + "be cut off")
        }
        try packages.finish()
    }

    private mutating func readLines(_ input: ByteStream) throws {
        var lines = Lines(limit: Self.lineLimit)
        while true {
            let piece = try input.next()
            if piece.isEmpty { break }
            for line in lines.append(piece) { try take(line) }
        }
        let rest = lines.finish().flatMap { Self.isBlank($0) ? nil : $0 }
        let isUsable = rest.map { mayLackItsEnd($0) } ?? true
        if let rest, isUsable { try take(rest) }
        if let text {
            throw ImportError("the text that begins in line \(text.line) has no end: the file is cut off")
        }
        if !isUsable {
            throw ImportError(
                "the last line has no end: the file is cut off, or lacks a line feed at its end")
        }
    }

    /// Whether the last line may stand without its line feed: more of it would make no other package.
    private func mayLackItsEnd(_ line: Lines.Line) -> Bool {
        guard case .text(let bytes, _) = line else { return false }
        let isEnded = bytes.firstRange(of: Self.textEnd) != nil
        if let text { return isEnded && Self.isUnread(text.tag) }
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "#") { return true }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), Self.isTag(bytes[..<colon]),
            let value = String(validating: Self.trimmed(bytes[(colon + 1)...]), as: UTF8.self),
            // It may be the beginning of a text.
            !value.isEmpty, isEnded || !value.hasPrefix("<")
        else { return false }
        let tag = String(decoding: Self.trimmed(bytes[..<colon]), as: UTF8.self)
        if tag == "Relationship" { return isWhole(relationship: value) }
        return Self.ofCreation.contains(tag) || Self.isUnread(tag)
    }

    /// Whether nothing is missing behind a relationship: what the document describes is the end of the line.
    private func isWhole(relationship value: String) -> Bool {
        let words = value.split(separator: " ").map(String.init)
        guard words.count == 3 else { return false }
        if words[1] != "DESCRIBES", words[1] != "DESCRIBED_BY" { return true }
        return words[2] == SPDXPackages.document || words[2] == current?.identifier
            || packages.holds(identifier: words[2])
    }

    /// Tags of the creation part that are read.
    private static let ofCreation = ["SPDXVersion", "DocumentName", "Created", "Creator"]
    /// Tags of which a package is made, or that end it.
    private static let ofPackages = [
        "PackageName", "SPDXID", "PackageDownloadLocation", "PackageVersion", "PackageLicenseConcluded",
        "PackageLicenseDeclared", "ExternalRef", "FileName", "SnippetSPDXID", "LicenseID",
    ]

    private static func isUnread(_ tag: String) -> Bool {
        tag != "Relationship" && !ofCreation.contains(tag) && !ofPackages.contains(tag)
    }

    private static func isBlank(_ line: Lines.Line) -> Bool {
        if case .text(let bytes, _) = line { bytes.allSatisfy { $0 <= 0x20 } } else { false }
    }

    // MARK: Lines

    private mutating func take(_ line: Lines.Line) throws {
        switch line {
        case .tooLong(let number): leaveOut("a line is longer than \(Self.lineLimit) bytes", number)
        case .text(let bytes, let number):
            if text != nil { return try goOn(bytes) }
            guard let first = bytes.first(where: { $0 > 0x20 }), first != UInt8(ascii: "#") else { return }
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), Self.isTag(bytes[..<colon]) else {
                return leaveOut("a line is no tag with its value", number)
            }
            guard let value = String(validating: Self.trimmed(bytes[(colon + 1)...]), as: UTF8.self) else {
                return leaveOut("a line is not valid UTF-8", number)
            }
            let tag = String(decoding: Self.trimmed(bytes[..<colon]), as: UTF8.self)
            try begin(tag, value, number)
        }
    }

    /// Sets aside the line, and the package with it, which would be another one without.
    private mutating func leaveOut(_ reason: String, _ number: Int) {
        current = nil
        report.setAside(reason, line: number)
    }

    private static func isTag(_ bytes: ArraySlice<UInt8>) -> Bool {
        let name = trimmed(bytes)
        return !name.isEmpty
            && name.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
            let last = bytes.lastIndex(where: { $0 > 0x20 })
        else { return [] }
        return bytes[first...last]
    }

    private mutating func begin(_ tag: String, _ value: String, _ number: Int) throws {
        guard value.hasPrefix("<text>") else { return try apply(tag, value, number) }
        text = Text(tag: tag, value: "", line: number)
        try goOn(Array(value.utf8.dropFirst(6)))
    }

    /// A line of a text, or the rest of its first one.
    private mutating func goOn(_ bytes: [UInt8]) throws {
        guard var held = text else { return }
        let end = bytes.firstRange(of: Self.textEnd)?.lowerBound
        // Of comments and licences nothing is read, and of the others no more than a field may hold.
        if held.value.utf8.count <= Fields.longest {
            if !held.value.isEmpty { held.value += "\n" }
            held.value += String(decoding: bytes[..<(end ?? bytes.count)], as: UTF8.self)
        }
        text = end == nil ? held : nil
        if end != nil { try apply(held.tag, held.value, held.line) }
    }

    // MARK: Tags

    private mutating func apply(_ tag: String, _ value: String, _ number: Int) throws {
        switch tag {
        case "SPDXVersion":
            try SPDXImporter.check(value)
            packages.isSPDX = true
        case "DocumentName":
            report.describe(tool: nil, target: value)
            try packages.settle()
        case "Created": report.made(ReportTime.read(value))
        case "Creator":
            if value.hasPrefix("Tool: ") { report.describe(tool: String(value.dropFirst(6))) }
        case "PackageName":
            try closePackage()
            current = SPDXPackages.Package(name: value.isEmpty ? nil : value)
        // Another part begins: its SPDXID is not the package's.
        case "FileName", "SnippetSPDXID", "LicenseID": try closePackage()
        case "Relationship":
            let words = value.split(separator: " ").map(String.init)
            if words.count >= 3 { packages.relate(words[0], words[1], words[2]) }
        case "SPDXID": note(\.identifier, tag, value, number)
        case "PackageDownloadLocation": note(\.location, tag, value, number)
        case "PackageVersion": note(\.version, tag, value, number)
        case "PackageLicenseConcluded": note(\.concluded, tag, value, number)
        case "PackageLicenseDeclared": note(\.declared, tag, value, number)
        case "ExternalRef":
            let words = value.split(separator: " ").map(String.init)
            if words.count >= 3, SPDXPackages.isPackageURL(words[1]), current?.purl == nil {
                current?.purl = words[2]
            }
        default: break
        }
    }

    private mutating func note(
        _ field: WritableKeyPath<SPDXPackages.Package, String?>, _ tag: String, _ value: String,
        _ number: Int
    ) {
        if value.isEmpty { return }
        if let known = current?[keyPath: field], known != value {
            return report.setAside("\(tag) stands again in a package, with another value", line: number)
        }
        current?[keyPath: field] = value
    }

    private mutating func closePackage() throws {
        guard let done = current else { return }
        current = nil
        try packages.add(done)
    }
}

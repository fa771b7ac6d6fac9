import Formats
import Glibc
import Ledger

/// Writes items in which salted digests stand for personal fields, in canonical order as they come. It keeps the room
/// that it works in: every fact with personal fields comes through here.
struct DisclosureWriter {
    /// Where one field's disclosure and its digest stand.
    private struct Entry {
        let text: Range<Int>
        let digest: Range<Int>
    }

    private var salts: RandomSalts
    private var entries: [Entry] = []
    private var content: [UInt8] = []
    private var texts: [UInt8] = []
    private var digests: [UInt8] = []
    /// The members that stay in the item.
    private var plain: [UInt8] = []

    init(_ salts: RandomSalts) {
        self.salts = salts
    }

    /// Appends the line of a fact in whose item digests stand for some of its fields, and gives the hash of its leaf; nil
    /// when it has none of them.
    ///
    /// - Parameters:
    ///   - stretch: holds the fact's canonical bytes, of which the item is put together.
    ///   - names: of the fields, in canonical form; those that the fact lacks are passed over.
    mutating func append(
        _ form: CanonicalFacts.Form, in stretch: CanonicalFacts.Stretch, withholding names: [[UInt8]],
        to line: inout [UInt8]
    ) -> Digest? {
        guard let value = form.value else { return nil }
        entries.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        digests.removeAll(keepingCapacity: true)
        plain.removeAll(keepingCapacity: true)
        for index in form.members {
            let member = stretch.members[index]
            if Self.holds(names, stretch.bytes, member.name) {
                disclose(member, of: stretch.bytes)
            } else {
                if !plain.isEmpty { plain.append(UInt8(ascii: ",")) }
                plain.append(contentsOf: stretch.bytes[member.whole])
            }
        }
        if entries.isEmpty { return nil }
        sortByDigest()
        line.append(#"{"disclosures":["#)
        append(entries.lazy.map(\.text), of: texts, to: &line)
        line.append(#"],"item":"#)
        let start = line.count
        line.append(#"{"_sd":["#)
        append(entries.lazy.map(\.digest), of: digests, to: &line)
        line.append(#"],"_sd_alg":""#)
        line.append(contentsOf: DisclosedItem.algorithm.utf8)
        line.append(#"","fact":"#)
        line.append(contentsOf: stretch.bytes[form.text.lowerBound...value.lowerBound])
        line.append(contentsOf: plain)
        line.append(contentsOf: stretch.bytes[value.upperBound - 1..<form.text.upperBound])
        line.append(#","salt":""#)
        salts.next().withUnsafeBytes { Hex.append($0, to: &line) }
        line.append(#""}"#)
        let leaf = line.withUnsafeBytes {
            MerkleTree.leafHash(UnsafeRawBufferPointer(rebasing: $0[start...]))
        }
        line.append(UInt8(ascii: "}"))
        return leaf
    }

    /// Whether the bytes in this range are among the names.
    private static func holds(_ names: [[UInt8]], _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            // Most names that are compared differ in length.
            for name in names where name.count == range.count {
                if memcmp(name, start + range.lowerBound, range.count) == 0 { return true }
            }
            return false
        }
    }

    /// Adds one field: base64url of `[salt, name, value]`, and the digest of that (RFC 9901 section 4.2.1).
    private mutating func disclose(_ member: CanonicalJSON.MemberPlace, of bytes: [UInt8]) {
        content.removeAll(keepingCapacity: true)
        content.append(#"[""#)
        salts.next().withUnsafeBytes { Base64URL.append($0, to: &content) }
        content.append(#"","#)
        content.append(contentsOf: bytes[member.name])
        content.append(UInt8(ascii: ","))
        content.append(contentsOf: bytes[member.value])
        content.append(UInt8(ascii: "]"))
        let (text, digest) = (texts.count, digests.count)
        content.withUnsafeBytes { Base64URL.append($0, to: &texts) }
        let hash = texts.withUnsafeBytes { Digest.sha256(UnsafeRawBufferPointer(rebasing: $0[text...])) }
        hash.withUnsafeBytes { Base64URL.append($0, to: &digests) }
        entries.append(Entry(text: text..<texts.count, digest: digest..<digests.count))
    }

    private mutating func sortByDigest() {
        digests.withUnsafeBytes { digests in
            guard let start = digests.baseAddress else { return }
            // All are of one length.
            entries.sort {
                memcmp(start + $0.digest.lowerBound, start + $1.digest.lowerBound, $0.digest.count) < 0
            }
        }
    }

    /// Texts in quotes; digits of base64url need no escapes.
    private func append(_ ranges: some Sequence<Range<Int>>, of texts: [UInt8], to line: inout [UInt8]) {
        var isFirst = true
        for range in ranges {
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            line.append(UInt8(ascii: "\""))
            line.append(contentsOf: texts[range])
            line.append(UInt8(ascii: "\""))
        }
    }
}

/// Salts of 16 random bytes, as many as RFC 9901 section 9.3 asks for. Nothing that they come from is kept: whoever
/// loses a line loses its salts.
struct RandomSalts {
    /// Salts that are drawn at once: a call to the system costs far more than a salt.
    private let drawn: Int
    private let secret: (_ count: Int) -> [UInt8]
    private var bytes: [UInt8] = []
    private var at = 0

    init(drawn: Int, secret: @escaping (_ count: Int) -> [UInt8]) {
        self.drawn = drawn
        self.secret = secret
    }

    mutating func next() -> ArraySlice<UInt8> {
        if at == bytes.count {
            bytes = secret(16 * drawn)
            at = 0
        }
        defer { at += 16 }
        return bytes[at..<at + 16]
    }
}

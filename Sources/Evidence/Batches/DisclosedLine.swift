import Formats
import Glibc
import Ledger

/// The line of a fact with personal fields, written as the program writes it:
///
///     {"disclosures":["WyI…"],"item":{"_sd":["Xy…"],"_sd_alg":"sha-256","fact":{...},"salt":"3f…"}}
///
/// As in `PlainLine`, nothing but values has to become JSON first, and nil is no verdict.
enum DisclosedLine {
    private typealias Text = UnsafeBufferPointer<UInt8>

    static func line(_ bytes: [UInt8]) -> PayloadLine? {
        let found = bytes.withUnsafeBufferPointer { bytes -> (Fact, Int, Ledger::Digest)? in
            guard var reader = CanonicalReader(bytes), let beginning = Beginning(&reader),
                let value = reader.value(depth: 3), case .object(let plain) = value,
                isEnd(&reader), let members = fields(beginning, beside: plain.members),
                let fact = beginning.head.fact(.object(JSONObject(members)))
            else { return nil }
            return (fact, beginning.missing, leafHash(bytes, beginning))
        }
        guard let (fact, missing, leafHash) = found else { return nil }
        return PayloadLine(
            fact: fact, extent: missing == 0 ? .whole : .withoutFields(missing), bytes: bytes,
            leafHash: leafHash)
    }

    static func outline(_ bytes: UnsafeBufferPointer<UInt8>) -> LineOutline? {
        outline(bytes) { _ in }
    }

    static func indexed(_ bytes: UnsafeBufferPointer<UInt8>) -> IndexedLine? {
        var value: [UInt8] = []
        guard let outline = outline(bytes, { value = object($0) }), let fact = outline.fact else {
            return nil
        }
        return value.withUnsafeBytes { IndexedLine(outline, fact, value: $0) }
    }

    /// - Parameter body: gets all fields, in no order, once they are known to be good.
    private static func outline(
        _ bytes: Text, _ body: (_ fields: [ValueOutline.Member]) -> Void
    ) -> LineOutline? {
        guard var reader = CanonicalReader(bytes), let beginning = Beginning(&reader),
            let value = reader.outline(depth: 3), case .object(let plain) = value, isEnd(&reader),
            let fact = beginning.head.outline(value, fieldsBeside: beginning.told.count),
            areFields(beginning, beside: plain, body)
        else { return nil }
        let missing = beginning.missing
        return LineOutline(
            fact: fact, extent: missing == 0 ? .whole : .withoutFields(missing),
            leafHash: leafHash(bytes, beginning))
    }

    /// The canonical form of an object with these fields.
    private static func object(_ fields: [ValueOutline.Member]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(2) { $0 + $1.name.count + $1.value.count + 4 })
        bytes.append(UInt8(ascii: "{"))
        // Of plain names, the order of bytes is the order of UTF-16 units.
        for field in fields.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            bytes += field.name
            bytes.append(#"":"#)
            bytes += field.value
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// What stands in front of the fact's value.
    private struct Beginning {
        let told: [Text]
        let digests: [Text]
        /// Where the item starts.
        let item: Int
        let head: FactHead

        /// So many fields are not told.
        var missing: Int { digests.count - told.count }

        init?(_ reader: inout CanonicalReader) {
            guard reader.take(#"{"disclosures":["#), let told = DisclosedLine.texts(&reader),
                reader.take(#","item":"#)
            else { return nil }
            item = reader.place
            guard reader.take(#"{"_sd":["#), let digests = DisclosedLine.texts(&reader), !digests.isEmpty,
                reader.take(#","_sd_alg":"sha-256","fact":{"#), let head = FactHead(&reader),
                zip(digests, digests.dropFirst()).allSatisfy({ $0.lexicographicallyPrecedes($1) })
            else { return nil }
            self.told = told
            self.digests = digests
            self.head = head
        }
    }

    private static func isEnd(_ reader: inout CanonicalReader) -> Bool {
        FactHead.isSalt(&reader) && reader.take("}}") && reader.isAtEnd
    }

    private static func leafHash(_ line: Text, _ beginning: Beginning) -> Ledger::Digest {
        MerkleTree.leafHash(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(line)[beginning.item..<line.count - 1]))
    }

    /// Texts up to the bracket that ends their array.
    private static func texts(_ reader: inout CanonicalReader) -> [Text]? {
        if reader.take("]") { return [] }
        var found: [Text] = []
        found.reserveCapacity(4)
        while let text = reader.plainText() {
            found.append(text)
            if reader.take("]") { return found }
            guard reader.take(",") else { return nil }
        }
        return nil
    }

    // MARK: Fields

    /// All fields in the order of their names.
    private static func fields(
        _ beginning: Beginning, beside plain: [JSONObject.Member]
    ) -> [JSONObject.Member]? {
        var members = plain
        let isGood = forEachDisclosure(of: beginning) { reader, name in
            guard let value = reader.value(depth: 1) else { return false }
            let name = String(decoding: name, as: UTF8.self)
            // Of plain names, the order of bytes is the order of UTF-16 units.
            let next = members.firstIndex { !$0.name.hasBytes(before: name) } ?? members.endIndex
            if next < members.endIndex, members[next].name.hasSameBytes(as: name) { return false }
            members.insert(JSONObject.Member(name: name, value: value), at: next)
            return true
        } atEnd: {
            true
        }
        return isGood ? members : nil
    }

    /// Whether what is told can stand beside the other fields; then the body gets all of them.
    private static func areFields(
        _ beginning: Beginning, beside plain: [ValueOutline.Member],
        _ body: (_ fields: [ValueOutline.Member]) -> Void
    ) -> Bool {
        var fields = plain
        return forEachDisclosure(of: beginning) { reader, name in
            let start = reader.place
            guard reader.outline(depth: 1) != nil, !fields.contains(where: { isSame($0.name, name) }) else {
                return false
            }
            fields.append(.init(name: name, value: reader.text(since: start)))
            return true
        } atEnd: {
            body(fields)
            return true
        }
    }

    /// Whether what is told is what the item has digests of, and the body agrees with the values, of which it gets a
    /// reader in front of each. What it gets is good until `atEnd` returns, which has the last word.
    ///
    /// Both lists are in the order of the digests, so one walk along them finds each disclosure its digest.
    private static func forEachDisclosure(
        of beginning: Beginning, _ body: (_ value: inout CanonicalReader, _ name: Text) -> Bool,
        atEnd: () -> Bool
    ) -> Bool {
        let (told, digests) = (beginning.told, beginning.digests)
        var place = 0
        var digest: [UInt8] = []
        for text in told {
            digest.removeAll(keepingCapacity: true)
            Ledger::Digest.sha256(UnsafeRawBufferPointer(text)).withUnsafeBytes {
                Base64URL.append($0, to: &digest)
            }
            let isListed = digest.withUnsafeBufferPointer { digest in
                while place < digests.count, !isSame(digests[place], digest) {
                    guard isDigest(digests[place]) else { return false }
                    place += 1
                }
                return place < digests.count
            }
            if !isListed { return false }
            place += 1
        }
        guard digests[place...].allSatisfy(isDigest) else { return false }
        // All in one buffer, which costs less than one for each.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(told.reduce(0) { $0 + $1.count })
        var ends: [Int] = []
        ends.reserveCapacity(told.count)
        for text in told {
            guard Base64URL.append(digits: text, to: &bytes) else { return false }
            ends.append(bytes.count)
        }
        return bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            for end in ends {
                guard isDisclosure(Text(rebasing: bytes[start..<end]), body) else { return false }
                start = end
            }
            return atEnd()
        }
    }

    private static func isSame(_ left: Text, _ right: Text) -> Bool {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return left.isEmpty }
        return memcmp(first, second, left.count) == 0
    }

    private static func isDigest(_ text: Text) -> Bool { Base64URL.decode(text)?.count == Digest.length }

    /// Whether it says `[salt, name, value]`.
    private static func isDisclosure(
        _ bytes: Text, _ body: (_ value: inout CanonicalReader, _ name: Text) -> Bool
    ) -> Bool {
        guard var reader = CanonicalReader(bytes), reader.take("["), let salt = reader.plainText(),
            salt.count >= 22, reader.take(","), let name = reader.plainText(), reader.take(","),
            body(&reader, name)
        else { return false }
        return reader.take("]") && reader.isAtEnd
    }
}

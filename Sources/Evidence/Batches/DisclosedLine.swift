import Formats
import Ledger

/// The line of a fact with personal fields, written as the program writes it:
///
///     {"disclosures":["WyI…"],"item":{"_sd":["Xy…"],"_sd_alg":"sha-256","fact":{...},"salt":"3f…"}}
///
/// As in `PlainLine`, nothing but values has to become JSON first.
enum DisclosedLine {
    private typealias Text = UnsafeBufferPointer<UInt8>

    /// Nil is no verdict: `PayloadLine` says by the whole grammar whether a line is good.
    static func line(_ bytes: [UInt8]) -> PayloadLine? {
        let found = bytes.withUnsafeBufferPointer { bytes -> (Fact, Int)? in
            guard var reader = CanonicalReader(bytes), reader.take(#"{"disclosures":["#),
                let told = texts(&reader),
                reader.take(#","item":{"_sd":["#), let digests = texts(&reader), !digests.isEmpty,
                reader.take(#","_sd_alg":"sha-256","fact":{"#),
                let fact = PlainLine.fact(&reader, depth: 3), reader.take(#"},"salt":"#),
                let salt = reader.plainText(), salt.count == 32, reader.take("}}"), reader.isAtEnd,
                let plain = fact.value?.members, isRising(digests),
                let members = fields(told, digests, beside: plain)
            else { return nil }
            return (fact.with(value: JSONObject(members)), digests.count - told.count)
        }
        guard let (fact, missing) = found else { return nil }
        return PayloadLine(
            fact: fact, extent: missing == 0 ? .whole : .withoutFields(missing), bytes: bytes,
            leafHash: DisclosedItem.leafHash(bytes))
    }

    /// Texts up to the bracket that ends their array.
    private static func texts(_ reader: inout CanonicalReader) -> [Text]? {
        if reader.take("]") { return [] }
        var found: [Text] = []
        while let text = reader.plainText() {
            found.append(text)
            if reader.take("]") { return found }
            guard reader.take(",") else { return nil }
        }
        return nil
    }

    private static func isRising(_ digests: [Text]) -> Bool {
        zip(digests, digests.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) }
    }

    /// All fields in the order of their names. Both lists are in the order of the digests, so one walk along them finds
    /// each disclosure its digest.
    private static func fields(
        _ told: [Text], _ digests: [Text], beside plain: [JSONObject.Member]
    ) -> [JSONObject.Member]? {
        var members = plain
        var place = 0
        var digest: [UInt8] = []
        for text in told {
            digest.removeAll(keepingCapacity: true)
            Ledger::Digest.sha256(UnsafeRawBufferPointer(text)).withUnsafeBytes {
                Base64URL.append($0, to: &digest)
            }
            while place < digests.count, !digests[place].elementsEqual(digest) {
                guard isDigest(digests[place]) else { return nil }
                place += 1
            }
            guard place < digests.count, let member = field(text) else { return nil }
            place += 1
            // Of plain names, the order of bytes is the order of UTF-16 units.
            let next = members.firstIndex { !$0.name.hasBytes(before: member.name) } ?? members.endIndex
            if next < members.endIndex, members[next].name.hasSameBytes(as: member.name) { return nil }
            members.insert(member, at: next)
        }
        return digests[place...].allSatisfy(isDigest) ? members : nil
    }

    private static func isDigest(_ text: Text) -> Bool { Base64URL.decode(text)?.count == Digest.length }

    /// What a disclosure says: `[salt, name, value]`.
    private static func field(_ text: Text) -> JSONObject.Member? {
        Base64URL.decode(text)?.withUnsafeBufferPointer { bytes in
            guard var reader = CanonicalReader(bytes), reader.take("["), let salt = reader.plainText(),
                salt.count >= 22, reader.take(","),
                let name = reader.plainText(), reader.take(","), let value = reader.value(depth: 1),
                reader.take("]"), reader.isAtEnd
            else { return nil }
            return JSONObject.Member(name: String(decoding: name, as: UTF8.self), value: value)
        }
    }
}

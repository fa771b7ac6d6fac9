/// As much of a certificate's structure (RFC 5280 section 4.1, in DER) as it takes to find the issuer's name.
enum DistinguishedName {
    /// The issuer's common name, else its organization; nil when there is neither or the bytes are not a certificate.
    static func issuer(ofCertificate bytes: [UInt8]) -> String? {
        var outer = bytes[...]
        guard var certificate = element(0x30, &outer), var body = element(0x30, &certificate) else {
            return nil
        }
        // [0] version, serialNumber, signature, issuer
        if body.first == 0xA0 { _ = element(0xA0, &body) }
        guard element(0x02, &body) != nil, element(0x30, &body) != nil, let name = element(0x30, &body) else {
            return nil
        }
        // 2.5.4.3 commonName, 2.5.4.10 organizationName
        return attribute([0x55, 0x04, 0x03], in: name) ?? attribute([0x55, 0x04, 0x0A], in: name)
    }

    private static func attribute(_ type: [UInt8], in name: ArraySlice<UInt8>) -> String? {
        var name = name
        while var set = element(0x31, &name) {
            guard var pair = element(0x30, &set), let found = element(0x06, &pair) else { return nil }
            guard Array(found) == type, let tag = pair.first, let value = element(tag, &pair) else {
                continue
            }
            return String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    /// The content of the next element, which must have this tag.
    private static func element(_ tag: UInt8, _ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.first == tag else { return nil }
        var rest = bytes.dropFirst()
        guard let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            length = 0
            guard first > 0x80, first <= 0x84 else { return nil }
            for _ in 0..<(first & 0x7F) {
                guard let byte = rest.popFirst() else { return nil }
                length = length << 8 | Int(byte)
            }
        }
        guard length <= rest.count else { return nil }
        bytes = rest.dropFirst(length)
        return rest.prefix(length)
    }
}

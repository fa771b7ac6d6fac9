import FoundationEssentials

/// Standard base64 with padding (RFC 4648 §4), one spelling per value.
package enum Base64 {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        Data(bytes).base64EncodedString()
    }

    /// The bytes; nil for anything but the one canonical spelling, so that a changed character never goes unseen.
    package static func decode(_ text: String) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return Array(data)
    }
}

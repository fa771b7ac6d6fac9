import Crypto
import Testing

@testable import Formats
@testable import Ledger

/// A signature that others have published, over what this program says is signed.
@Suite struct PublishedSignatureTests {
    /// The public key of DSSE's protocol.md: the coordinates of a point of P-256, which stand there in decimal.
    private static let key = """
        67cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238\
        0c782bd54e269125a44f4433aff1432ce94e12bca73aa67ac80cea12608ddf74
        """

    /// Its signature, r and s as they are, not DER.
    private static let signature =
        "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="

    @Test func `the signature of the DSSE specification is over what we make of its payload`() throws {
        let point = try #require(Hex.decode(Self.key))
        let key = try P256.Signing.PublicKey(rawRepresentation: point)
        let raw = try #require(Base64.decode(Self.signature))
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: raw)
        let signed = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", payload: bytes("hello world"))
        #expect(key.isValidSignature(signature, for: signed))
        #expect(!key.isValidSignature(signature, for: signed + [0]))
        let other = Envelope.preAuthenticationEncoding(
            type: "http://example.com/HelloWorld", payload: bytes("hello World"))
        #expect(!key.isValidSignature(signature, for: other))
    }
}

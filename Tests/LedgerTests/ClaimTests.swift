import Formats
import Testing

@testable import Ledger

@Suite struct ClaimTests {
    @Test func `programs read of a claim its name, its status in words, and what was seen`() throws {
        let claim = Claim("key owner", .notChecked, "no key was given")
        #expect(
            text(try CanonicalJSON.encode(claim.json))
                == #"{"claim":"key owner","detail":"no key was given","status":"not checked"}"#)
        #expect(claim.json.object?.members.map(\.name) == ["claim", "status", "detail"])
    }
}

import Formats
import TestSupport
import Testing

@testable import Expressions

@Suite struct NetworkTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
        ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0db8::0001", "2001:db8::1"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("::ffff:c0a8:1", "192.168.0.1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("fffe::ffff:1.2.3.4", "fffe::ffff:102:304"),
    ]) func `an address has one canonical text`(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ".", ":", ":::", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4",
        "+1.2.3.4",
        "1..3.4", "0x1.2.3.4", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", ":1::",
        "::1:",
        "1:2:3:4:5:6:7:8::", "fe80::1%en0", "::ffff:1.2.3.4", "1.2.3.4::", "::1.2.3", "١.2.3.4",
        String(repeating: ":", count: 60_000),
    ]) func `what is no address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        "1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/01", "1.2.3.4/-1", "::/129", "::/1/1", "/8",
        "::ffff:102:304/120",
        "fe80::1%en0/24",
    ]) func `what is no block is refused`(text: String) {
        #expect(NetworkBlock(text) == nil)
    }

    @Test(arguments: [
        ("0.0.0.0/0", "255.1.2.3", true), ("::/0", "ffff::", true), ("::/0", "1.2.3.4", false),
        ("10.0.0.1/8", "10.255.0.0", true), ("10.0.0.0/31", "10.0.0.2", false), ("::1/128", "::1", true),
        ("8000::/1", "7fff::", false),
    ]) func `a block holds the addresses of its prefix`(block: String, address: String, isIn: Bool) throws {
        #expect(try #require(NetworkBlock(block)).contains(try #require(IPAddress(address))) == isIn)
    }

    @Test func `masking with no prefix leaves nothing, with a full one everything`() throws {
        for (text, masked) in [("9.8.7.6/0", "0.0.0.0/0"), ("9.8.7.6/32", "9.8.7.6/32"), ("f::f/0", "::/0")] {
            #expect(try #require(NetworkBlock(text)).masked.description == masked)
        }
    }

    @Test func `every address reads back from its text`() {
        for seed in 0..<2_000 {
            var random = Seeded(UInt64(seed))
            // Many zero groups, so that the gap takes every place.
            var number: UInt128 = 0
            for _ in 0..<8 {
                number = number << 16 | (random.next() % 3 == 0 ? UInt128(random.next() & 0xFFFF) : 0)
            }
            let address =
                number >> 32 == 0xFFFF ? IPAddress(.v4, number & 0xFFFF_FFFF) : IPAddress(.v6, number)
            #expect(IPAddress(address.description) == address, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("'1.2.3.4'.ip()", "ip"), ("ip(cidr('::/0'))", "ip"), ("isIP(cidr('::/0'))", "isIP"),
        ("ip('::1') == '::1'", "=="), ("cidr('::/0').family()", "family"),
    ]) func `addresses, blocks and texts are different types`(source: String, function: String) throws {
        let expression = try Expression(parsing: source)
        let error = #expect(throws: ExpressionError.self) { try expression.check(Declarations()) }
        guard case .type = error?.reason else {
            Issue.record("\(source): \(String(describing: error))")
            return
        }
    }

    @Test func `addresses print as text and mix with other values`() throws {
        let value = try Expression(parsing: "[ip('::1'), cidr('10.0.0.0/8')]").evaluate(Bindings())
        #expect(value.json() == .array([.string("::1"), .string("10.0.0.0/8")]))
        #expect(try Expression(parsing: "'%s'.format([ip('::1')])").evaluate(Bindings()) == .string("::1"))
        #expect(try Expression(parsing: "ip('::1') in [1, ip('::1')]").evaluate(Bindings()) == .bool(true))
    }
}

import Formats

extension FuzzTarget {
    static let formats = [
        FuzzTarget(
            "json",
            texts: [
                #"{"a":[1,-0,1e3,2.5,true,null],"b":{"é":"\u20ac\n"},"":"\ud83d\ude00"}"#, "[]", #""x""#,
                "333333333.33333329", "1E30", "4.50", "2e-3", "0.000000000000000000000000001",
                "9223372036854775807", "[[[[[[[[[[]]]]]]]]]]",
            ]
        ) { input in
            guard let value = try? JSON(parsing: input, limits: JSONLimits(bytes: 1 << 20, depth: 64)) else {
                return
            }
            // RFC 8785: canonical bytes say the same value, and are their own canonical form.
            guard let canonical = try? CanonicalJSON.encode(value) else { return }
            // To the fuzzer, a finding is a crash.
            guard let again = try? JSON(parsing: canonical) else { fatalError("canonical form is not JSON") }
            let second = try? CanonicalJSON.encode(again)
            precondition(second == canonical, "canonical form is not stable")
        },
        FuzzTarget(
            "time",
            texts: [
                "2025-01-02T03:04:05Z", "2024-02-29T23:59:60.123456789+05:30", "1985-04-12T23:20:50.52Z",
                "1937-01-01T12:00:27.87+00:20", "0001-01-01T00:00:00-23:59", "9999-12-31t23:59:59.999999z",
                "P1Y2M",
                "26h", "1.5s", "1h30m",
            ]
        ) { input in
            _ = RFC3339.parse(input)
            guard let text = text(input) else { return }
            _ = TimeSpan(text)
            if let instant = Instant(text) {
                precondition(Instant(instant.description) == instant, "\(instant) is not read back")
            }
        },
        FuzzTarget("text", texts: ["AAECAw==", "00ff", "a\nb\r\n\nc", "_-8="]) { input in
            guard let text = text(input) else { return }
            if let bytes = Base64.decode(text) {
                precondition(Base64.encode(bytes) == text, "base64 has more than one spelling")
            }
            if let bytes = Hex.decode(text) {
                precondition(Hex.encode(bytes).count == text.utf8.count, "hex")
            }
        },
    ]
}

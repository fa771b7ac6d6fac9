extension Int {
    /// A whole number from 0 in the one spelling that the log formats allow: digits only, no leading zero.
    init?(plainDecimal text: some Collection<UInt8>) {
        guard let first = text.first, text.count <= 19, first != UInt8(ascii: "0") || text.count == 1 else {
            return nil
        }
        var value = 0
        for unit in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) else { return nil }
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(Int(unit - UInt8(ascii: "0")))
            if tooLarge || overflow { return nil }
            value = sum
        }
        self = value
    }
}

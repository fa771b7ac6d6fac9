/// A natural number of any size, with no more arithmetic than exact probabilities need.
struct Natural: Equatable, Comparable {
    /// Base 2^32, lowest first, without leading zeros; empty is zero.
    private var limbs: [UInt32]

    init(_ value: UInt32) {
        limbs = value == 0 ? [] : [value]
    }

    mutating func multiply(by factor: UInt32) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
        trim()
    }

    /// Divides by a number that goes into it without remainder.
    mutating func divideExactly(by divisor: UInt32) {
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            let dividend = remainder << 32 | UInt64(limbs[index])
            limbs[index] = UInt32(dividend / UInt64(divisor))
            remainder = dividend % UInt64(divisor)
        }
        precondition(remainder == 0, "the terms of a distribution divide without remainder")
        trim()
    }

    static func += (left: inout Natural, right: Natural) {
        var carry: UInt64 = 0
        for index in 0..<max(left.limbs.count, right.limbs.count) {
            if index == left.limbs.count { left.limbs.append(0) }
            let own = index < right.limbs.count ? UInt64(right.limbs[index]) : 0
            let sum = UInt64(left.limbs[index]) + own + carry
            left.limbs[index] = UInt32(truncatingIfNeeded: sum)
            carry = sum >> 32
        }
        if carry > 0 { left.limbs.append(UInt32(carry)) }
    }

    static func * (left: Natural, right: UInt32) -> Natural {
        var product = left
        product.multiply(by: right)
        return product
    }

    static func < (left: Natural, right: Natural) -> Bool {
        if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
        return left.limbs.reversed().lexicographicallyPrecedes(right.limbs.reversed())
    }

    /// C(of, choose).
    static func binomial(_ of: Int, _ choose: Int) -> Natural {
        guard choose >= 0, choose <= of else { return Natural(0) }
        var value = Natural(1)
        for step in 0..<choose {
            value.multiply(by: UInt32(of - step))
            value.divideExactly(by: UInt32(step + 1))
        }
        return value
    }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }
}

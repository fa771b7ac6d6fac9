/// An address and how many of its leading bits name a network: `192.168.0.1/24`. The other bits are kept.
package struct NetworkBlock: Sendable, Hashable, CustomStringConvertible {
    let address: IPAddress
    /// From 0 to the length of the address.
    let prefixLength: Int

    init(_ address: IPAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// Reads `ADDRESS/LENGTH`. A mapped address is refused in every form: its length would count bits of another
    /// family.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(Substring(parts[0]))),
            address.family == .v6 || !parts[0].contains(UInt8(ascii: ":")),
            let length = IPAddress.decimal(Array(parts[1])[...], upTo: address.family.bits)
        else { return nil }
        self.init(address, prefixLength: length)
    }

    package var description: String { "\(address)/\(prefixLength)" }

    /// The block whose bits behind the prefix are zero.
    var masked: NetworkBlock {
        let rest = UInt128(address.family.bits - prefixLength)
        // Shifting by all 128 bits gives zero, as it should for a prefix of none.
        return NetworkBlock(
            IPAddress(address.family, (address.number >> rest) << rest), prefixLength: prefixLength)
    }

    func contains(_ other: IPAddress) -> Bool {
        let rest = UInt128(address.family.bits - prefixLength)
        return other.family == address.family && other.number >> rest == address.number >> rest
    }

    /// Whether every address of the other block is in this one.
    func contains(_ other: NetworkBlock) -> Bool {
        other.prefixLength >= prefixLength && contains(other.address)
    }
}

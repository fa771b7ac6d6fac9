extension Value {
    /// An address or a block of addresses: opaque values, which have functions but no fields.
    package enum Network: Sendable, Hashable, CustomStringConvertible {
        case address(IPAddress)
        case block(NetworkBlock)

        /// `net.IP` or `net.CIDR`.
        var typeName: String {
            switch self {
            case .address: "net.IP"
            case .block: "net.CIDR"
            }
        }

        /// The canonical text.
        package var description: String {
            switch self {
            case .address(let address): address.description
            case .block(let block): block.description
            }
        }
    }
}

/// The network extension.
extension Function {
    func applyToNetwork(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (self, arguments.count, arguments.first) {
        case (.ip, 1, .string(let text)): return .network(.address(try Self.address(text)))
        case (.cidr, 1, .string(let text)): return .network(.block(try Self.block(text)))
        case (.isIP, 1, .string(let text)): return .bool(IPAddress(text) != nil)
        case (.isCIDR, 1, .string(let text)): return .bool(NetworkBlock(text) != nil)
        case (.isCanonicalIP, 1, .string(let text)):
            return .bool(try Self.address(text).description.utf8.elementsEqual(text.utf8))
        case (_, 1, .network(.address(let address))): return try ask(address, arguments)
        case (_, _, .network(.block(let block))): return try ask(block, arguments)
        default: throw mismatch(arguments)
        }
    }

    private static func address(_ text: String) throws(EvaluationError.Reason) -> IPAddress {
        guard let address = IPAddress(text) else {
            throw .invalidArgument(
                "this is no IP address; write '192.0.2.1' or '2001:db8::1', without zone, mask and leading zeros"
            )
        }
        return address
    }

    private static func block(_ text: String) throws(EvaluationError.Reason) -> NetworkBlock {
        guard let block = NetworkBlock(text) else {
            throw .invalidArgument("this is no block of addresses; write '192.0.2.0/24' or '2001:db8::/32'")
        }
        return block
    }

    private func ask(_ address: IPAddress, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch self {
        case .family: .int(Int64(address.family.rawValue))
        case .isUnspecified: .bool(address.isUnspecified)
        case .isLoopback: .bool(address.isLoopback)
        case .isGlobalUnicast: .bool(address.isGlobalUnicast)
        case .isLinkLocalMulticast: .bool(address.isLinkLocalMulticast)
        case .isLinkLocalUnicast: .bool(address.isLinkLocalUnicast)
        default: throw mismatch(arguments)
        }
    }

    private func ask(_ block: NetworkBlock, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (self, arguments.count) {
        case (.ipOfBlock, 1): return .network(.address(block.address))
        case (.masked, 1): return .network(.block(block.masked))
        case (.prefixLength, 1): return .int(Int64(block.prefixLength))
        case (.containsIP, 2):
            switch arguments[1] {
            case .network(.address(let other)): return .bool(block.contains(other))
            case .string(let text): return .bool(block.contains(try Self.address(text)))
            default: throw mismatch(arguments)
            }
        case (.containsCIDR, 2):
            switch arguments[1] {
            case .network(.block(let other)): return .bool(block.contains(other))
            case .string(let text): return .bool(block.contains(try Self.block(text)))
            default: throw mismatch(arguments)
            }
        default: throw mismatch(arguments)
        }
    }
}

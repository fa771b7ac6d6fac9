/// Bytes that can be read from any place, such as a file too large for memory.
package struct ByteSource: Sendable {
    /// How many there are.
    package let size: UInt64
    private let bytes: @Sendable (_ offset: UInt64, _ count: Int) throws -> [UInt8]

    /// - Parameter bytes: gives exactly `count` bytes from `offset`; asked only for what lies within `size`.
    package init(
        size: UInt64, _ bytes: @escaping @Sendable (_ offset: UInt64, _ count: Int) throws -> [UInt8]
    ) {
        self.size = size
        self.bytes = bytes
    }

    /// Bytes that are in memory already.
    package init(_ bytes: [UInt8]) {
        self.init(size: UInt64(bytes.count)) { offset, count in
            Array(bytes[Int(offset)..<Int(offset) + count])
        }
    }

    /// Exactly this many bytes; nil when they do not lie within, or the source gives fewer.
    package func read(at offset: UInt64, count: Int) throws -> [UInt8]? {
        let (end, overflow) = offset.addingReportingOverflow(UInt64(count))
        guard !overflow, end <= size else { return nil }
        let found = try bytes(offset, count)
        return found.count == count ? found : nil
    }
}

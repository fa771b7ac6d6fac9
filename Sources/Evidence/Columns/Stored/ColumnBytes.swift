import Formats
import Ledger

/// Reads numbers and texts out of bytes that may be anything: whatever is missing is an error, and nothing is allocated
/// for which there are no bytes.
struct ColumnBytes {
    private let bytes: [UInt8]
    private var place = 0
    private let file: String

    /// - Parameter file: names the bytes in errors.
    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    var rest: Int { bytes.count - place }

    func damage(_ what: String) -> ColumnError { .damaged(file: file, what) }

    /// The place of the next bytes, which are passed over.
    mutating func skip(_ count: Int) throws(ColumnError) -> Range<Int> {
        guard count >= 0, count <= rest else { throw damage("it ends too early") }
        place += count
        return place - count..<place
    }

    mutating func take(_ count: Int) throws(ColumnError) -> ArraySlice<UInt8> {
        bytes[try skip(count)]
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(ColumnError) -> Number {
        let range = try skip(Number.bitWidth / 8)
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
        }
    }

    /// A number of things that take at least so many bytes each.
    mutating func count(each size: Int) throws(ColumnError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= rest / size else { throw damage("it ends too early") }
        return count
    }

    mutating func size() throws(ColumnError) -> Int {
        guard let size = Int(exactly: try number(UInt64.self)) else { throw damage("a size is out of range") }
        return size
    }

    mutating func text() throws(ColumnError) -> String {
        String(decoding: try take(try count(each: 1)), as: UTF8.self)
    }

    mutating func identifier() throws(ColumnError) -> Identifier { Identifier(try text()) }

    mutating func digest() throws(ColumnError) -> Digest {
        guard let digest = Digest(bytes: try take(Digest.length)) else { throw damage("it ends too early") }
        return digest
    }

    /// Lends all bytes, for loops over many of them.
    func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { bytes.withUnsafeBytes(body) }
}

extension [UInt8] {
    /// Adds a number, least significant byte first.
    mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Adds a text behind its length.
    mutating func append(text: String) {
        append(number: UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    mutating func append(digest: Digest) { digest.withUnsafeBytes { append(contentsOf: $0) } }
}

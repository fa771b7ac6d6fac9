package import Formats
package import Ledger

/// Reads numbers and texts out of bytes that may be anything: whatever is missing is an error, and nothing is allocated
/// for which there are no bytes.
package struct ColumnBytes {
    private let bytes: [UInt8]
    private var place = 0
    private let file: String

    /// - Parameter file: names the bytes in errors.
    package init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// How many bytes are left.
    package var rest: Int { bytes.count - place }

    /// The error that says what is wrong with the bytes.
    package func damage(_ what: String) -> ColumnError { .damaged(file: file, what) }

    /// The place of the next bytes, which are passed over.
    mutating func skip(_ count: Int) throws(ColumnError) -> Range<Int> {
        guard count >= 0, count <= rest else { throw damage("it ends too early") }
        place += count
        return place - count..<place
    }

    /// The next bytes.
    package mutating func take(_ count: Int) throws(ColumnError) -> ArraySlice<UInt8> {
        bytes[try skip(count)]
    }

    /// The next number, least significant byte first.
    package mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(ColumnError) -> Number {
        let range = try skip(Number.bitWidth / 8)
        return bytes.withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self))
        }
    }

    /// A number of things that take at least so many bytes each.
    package mutating func count(each size: Int) throws(ColumnError) -> Int {
        let count = Int(try number(UInt32.self))
        guard count <= rest / size else { throw damage("it ends too early") }
        return count
    }

    /// A number that counts or measures something.
    package mutating func size() throws(ColumnError) -> Int {
        guard let size = Int(exactly: try number(UInt64.self)) else { throw damage("a size is out of range") }
        return size
    }

    /// The next text, which stands behind its length.
    package mutating func text() throws(ColumnError) -> String {
        String(decoding: try take(try count(each: 1)), as: UTF8.self)
    }

    /// The next text as a name.
    package mutating func identifier() throws(ColumnError) -> Identifier { Identifier(try text()) }

    /// The next 32 bytes.
    package mutating func digest() throws(ColumnError) -> Digest {
        guard let digest = Digest(bytes: try take(Digest.length)) else { throw damage("it ends too early") }
        return digest
    }

    /// Lends all bytes, for loops over many of them.
    func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T { bytes.withUnsafeBytes(body) }
}

extension [UInt8] {
    /// Adds a number, least significant byte first.
    package mutating func append(number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Adds a text behind its length.
    package mutating func append(text: String) {
        append(number: UInt32(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// Adds the 32 bytes of a digest.
    package mutating func append(digest: Digest) { digest.withUnsafeBytes { append(contentsOf: $0) } }
}

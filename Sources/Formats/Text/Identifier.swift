import Glibc

/// A name from the outside world (a record's key, an account, a file), compared and hashed byte by byte.
///
/// Swift's `String` holds composed and decomposed accents to be equal; evidence must not, because its hashes do not.
package struct Identifier: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible
{
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral value: String) {
        text = value
    }

    package static func == (left: Identifier, right: Identifier) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    package static func < (left: Identifier, right: Identifier) -> Bool {
        left.text.hasBytes(before: right.text)
    }

    package var description: String { text }
}

extension String {
    /// Byte-by-byte equality, at the speed of memory where both texts are stored as UTF-8.
    package func hasSameBytes(as other: String) -> Bool {
        // Most names that are compared differ in length, which costs no look at their bytes.
        if utf8.count != other.utf8.count { return false }
        let same = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
        return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Byte-by-byte order, at the speed of memory where both texts are stored as UTF-8.
    package func hasBytes(before other: String) -> Bool {
        let precedes = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard let first = left.baseAddress, let second = right.baseAddress else {
                    return left.count < right.count
                }
                let order = memcmp(first, second, min(left.count, right.count))
                return order != 0 ? order < 0 : left.count < right.count
            }
        }
        return (precedes ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
    }
}

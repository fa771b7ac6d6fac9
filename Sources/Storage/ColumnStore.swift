/// Where derived files live, such as columns: small in number, never changed once written, made again at will.
///
/// Names are 1 to 100 of `a-z`, `0-9`, `-` and `.`, the first of them no point. Calls may come from any thread.
package protocol ColumnStore: Sendable {
    /// The file of this name; nil when there is none. It stays readable while it is held, even when it is removed.
    func open(_ name: String) throws -> (any ColumnFile)?

    /// Writes a file piece by piece, in place of a leftover of this name. Its bytes are on the disk when this returns;
    /// its name is not before the next `replace`. When the closure throws, no such file is there.
    func create<T>(_ name: String, _ body: (_ sink: ([UInt8]) throws -> Void) throws -> T) throws -> T

    /// Puts a file in place of what bears its name: a reader, also after a power cut, finds the old bytes or the
    /// new ones. What was created before is durable, name and all, when the new bytes are.
    ///
    /// - Parameter write: hands over the new bytes in pieces; when it throws, nothing has changed.
    func replace(_ name: String, _ write: (_ sink: ([UInt8]) throws -> Void) throws -> Void) throws

    /// Removes a file; nothing happens when there is none.
    func remove(_ name: String) throws

    /// The names of all files, sorted; what a killed writer left half done may be among them.
    func names() throws -> [String]

    /// Runs the closure while no other writer, of this process or another, is in one. Readers are not kept waiting.
    func exclusively<T>(_ body: () throws -> T) throws -> T
}

extension ColumnStore {
    /// Writes a file whose bytes are at hand, in place of the one of that name.
    package func replace(_ name: String, with bytes: [UInt8]) throws {
        try replace(name) { try $0(bytes) }
    }
}

/// A derived file that is open for reading.
package protocol ColumnFile: Sendable {
    /// In bytes.
    var size: Int { get }

    /// Exactly the bytes at these places; throws when the file has become shorter.
    func read(_ range: Range<Int>) throws -> [UInt8]
}

/// What is wrong with the name of a derived file.
package enum ColumnFileName {
    /// Whether a store takes this name: no name leads out of the store.
    package static func isValid(_ name: String) -> Bool {
        let units = name.utf8
        return (1...100).contains(units.count) && units.first != UInt8(ascii: ".")
            && units.allSatisfy { unit in
                (0x61...0x7A).contains(unit) || (0x30...0x39).contains(unit) || unit == 0x2D || unit == 0x2E
            }
    }
}

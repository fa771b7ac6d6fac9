/// One row of an answer, read by column position counted from 0.
///
/// A row is good only inside the closure that was given it; afterwards every access throws. A value of another kind
/// than the one asked for throws too: numbers are never read as text, nor text as numbers.
package protocol Row {
    /// How many columns the answer has.
    var count: Int { get }

    /// The value as the database holds it.
    func value(_ column: Int) throws(StorageError) -> SQLValue

    func integer(_ column: Int) throws(StorageError) -> Int64
    func text(_ column: Int) throws(StorageError) -> String
    func bytes(_ column: Int) throws(StorageError) -> [UInt8]
    /// Lends the bytes of a BYTEA column where they stand, which costs no memory.
    func withBytes<Result>(
        _ column: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(StorageError) -> Result

    /// Nil stands for NULL, here and below.
    func optionalInteger(_ column: Int) throws(StorageError) -> Int64?
    func optionalText(_ column: Int) throws(StorageError) -> String?
}

extension Row {
    /// 0 and 1 as false and true; the portable subset has no BOOLEAN.
    package func bool(_ column: Int) throws(StorageError) -> Bool {
        try integer(column) != 0
    }

    /// All values, from the first column to the last.
    package func values() throws(StorageError) -> [SQLValue] {
        var found: [SQLValue] = []
        found.reserveCapacity(count)
        for column in 0..<count { found.append(try value(column)) }
        return found
    }
}

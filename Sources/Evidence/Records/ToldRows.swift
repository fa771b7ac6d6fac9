import Formats
import Ledger
import Storage

/// The streams and the lists of members that the log tells of, beside those on file: one too many belongs to nothing.
struct ToldRows {
    private var streams: Set<IndexRow.Stream> = []
    private var last: IndexRow.Stream?
    /// Sources of which something was erased: of which kind that was is not known any more.
    private var erased: Set<Identifier> = []
    private var lists: Set<Digest> = []

    mutating func add(_ batch: BatchStatement) {
        for kind in batch.kinds + batch.failures.compactMap(\.kind) {
            streams.insert(IndexRow.Stream(source: batch.source, kind: kind))
        }
        if let members = batch.members { lists.insert(members.root) }
    }

    /// Takes in the next item of a batch.
    mutating func add(_ item: IndexedItem, of source: Identifier) {
        guard let kind = item.fact?.kind else {
            erased.insert(source)
            return
        }
        // Those of a stream come together.
        if last?.kind == kind, last?.source == source { return }
        let stream = IndexRow.Stream(source: source, kind: kind)
        last = stream
        streams.insert(stream)
    }

    /// What is on file and belongs to nothing.
    func faults(_ database: any Reading) throws -> [IndexFault.Reason] {
        var (others, strays) = (0, 0)
        try database.query("SELECT source, kind FROM stream") { row in
            let stream = IndexRow.Stream(
                source: Identifier(try row.text(0)), kind: Identifier(try row.text(1)))
            if !streams.contains(stream), !erased.contains(stream.source) { others += 1 }
        }
        try database.query("SELECT root FROM member_list") { row in
            if let root = Digest(hex: try row.text(0)), lists.contains(root) { return }
            strays += 1
        }
        var faults: [IndexFault.Reason] = []
        if others > 0 { faults.append(.streams(others)) }
        if strays > 0 { faults.append(.memberLists(strays)) }
        return faults
    }
}

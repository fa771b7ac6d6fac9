import Ledger

/// Lists of records that were read and proven. A source's snapshots mostly share one, and sources take turns.
package struct KnownLists {
    /// So many names are kept, or one list.
    private static let limit = 1 << 16

    private var lists: [Members: MemberList] = [:]
    private var names = 0

    package init() {}

    /// The list of which a statement speaks.
    ///
    /// - Parameter read: gives it proven, where it is not known.
    package mutating func list(
        of members: Members, _ read: () throws -> MemberList
    ) rethrows -> MemberList {
        if let known = lists[members] { return known }
        let list = try read()
        names += list.codes.count
        if names > Self.limit {
            lists.removeAll()
            names = list.codes.count
        }
        lists[members] = list
        return list
    }
}

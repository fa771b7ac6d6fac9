import SwiftASN1

/// The members of a constructed node, taken one after the other. Lengths and depth are bounded by the parser.
struct ASN1Fields {
    private var rest: ASN1NodeCollection.Iterator
    private var ahead: ASN1Node?
    private let name: String

    init(_ node: ASN1Node, _ identifier: ASN1Identifier, _ name: String) throws(TimestampError) {
        guard node.identifier == identifier, case .constructed(let members) = node.content else {
            throw .malformed("the \(name) is not there or of another type")
        }
        rest = members.makeIterator()
        ahead = rest.next()
        self.name = name
    }

    /// The next member, whatever it is.
    mutating func next(_ what: String) throws(TimestampError) -> ASN1Node {
        guard let node = ahead else { throw .malformed("the \(name) has no \(what)") }
        ahead = rest.next()
        return node
    }

    /// The next member if it has this tag.
    mutating func optional(_ identifier: ASN1Identifier) -> ASN1Node? {
        guard let node = ahead, node.identifier == identifier else { return nil }
        ahead = rest.next()
        return node
    }

    /// The next member in a basic type.
    mutating func value<T: BERImplicitlyTaggable>(_ type: T.Type, _ what: String) throws(TimestampError) -> T
    {
        let node = try next(what)
        return try Self.value(type, node, "\(what) of the \(name)")
    }

    /// - Parameter identifier: where another one stands in the place of the type's own.
    static func value<T: BERImplicitlyTaggable>(
        _ type: T.Type, _ node: ASN1Node, _ what: String, tagged identifier: ASN1Identifier? = nil
    ) throws(TimestampError) -> T {
        do {
            return try T(berEncoded: node, withIdentifier: identifier ?? T.defaultIdentifier)
        } catch {
            throw .malformed("the \(what) is of another type")
        }
    }

    mutating func all() -> [ASN1Node] {
        var found: [ASN1Node] = []
        while let node = ahead {
            found.append(node)
            ahead = rest.next()
        }
        return found
    }

    func end() throws(TimestampError) {
        guard ahead == nil else { throw .malformed("the \(name) has more members than it may") }
    }

    /// The object identifier of an algorithm; parameters are not looked at.
    static func algorithm(_ node: ASN1Node, _ name: String) throws(TimestampError) -> ASN1ObjectIdentifier {
        var fields = try ASN1Fields(node, .sequence, name)
        return try fields.value(ASN1ObjectIdentifier.self, "identifier")
    }

    static func context(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }
}
